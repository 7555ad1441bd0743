/* The smallest useful generator: a plain text that names the license, its hosts and features.
 * One source, built as a WebAssembly module and as a native library, with byte-equal output.
 *
 * It reads only what a host sends: compact JSON. Damaged input ends in LDS_INPUT or in a text of
 * less, never in a read outside the buffer: every step is bounded by `end`. */
#include "lds_generator.h"

#define LIMIT (1u << 20)

static uint8_t in[LIMIT];
static uint32_t end;   /* length of the document */
static int counting;   /* a first pass writes nothing and looks for what the format can't carry */
static int forbidden;  /* the first pass met a control character */

static void out(const void *bytes, uint32_t n) {
  if (!counting && n) lds_output_write((const uint8_t *)bytes, n);
}

static void put(const char *text) {
  uint32_t n = 0;
  while (text[n]) n++;
  out(text, n);
}

static uint8_t at(uint32_t p) { return p < end ? in[p] : 0; }

/* The place behind the string that begins at p. */
static uint32_t skip_string(uint32_t p) {
  for (p++; p < end && in[p] != '"'; p++)
    if (in[p] == '\\') p++;
  return p < end ? p + 1 : end;
}

/* The place behind the value at p; at least one byte further, at most the end. */
static uint32_t skip(uint32_t p) {
  uint32_t depth = 0;
  do {
    uint8_t c = at(p);
    if (c == '"') { p = skip_string(p); continue; }
    if (c == '{' || c == '[') depth++;
    else if ((c == '}' || c == ']') && depth) depth--;
    p++;
  } while (p < end && (depth || (at(p) != ',' && at(p) != '}' && at(p) != ']')));
  return p < end ? p : end;
}

/* Whether the string at p is this key. */
static int is_key(uint32_t p, const char *key) {
  uint32_t i = 0;
  while (key[i] && at(p + 1 + i) == (uint8_t)key[i]) i++;
  return !key[i] && at(p + 1 + i) == '"';
}

/* A member of the object at p; 0 = absent. */
static uint32_t get(uint32_t p, const char *key) {
  if (at(p) != '{') return 0;
  while (at(++p) == '"') {
    uint32_t value = skip_string(p) + 1;
    if (is_key(p, key)) return value < end ? value : 0;
    p = skip(value);
    if (at(p) != ',') return 0;
  }
  return 0;
}

static uint32_t member(uint32_t object, const char *key) { return object ? get(object, key) : 0; }

/* The item behind the one at p; 0 = none. */
static uint32_t next(uint32_t p) {
  p = skip(p);
  return at(p) == ',' && at(p + 1) == '{' ? p + 1 : 0;
}

static uint32_t first(uint32_t list) {
  return list && at(list) == '[' && at(list + 1) == '{' ? list + 1 : 0;
}

/* A line break in a name would forge a line: such input is refused. */
static void look(uint32_t from, uint32_t to) {
  for (; from < to; from++)
    if (in[from] == '\\' && at(++from) != '"' && at(from) != '\\') forbidden = 1;
}

/* A string or number: from JSON to JSON, escaped as it came. */
static void value(const char *before, uint32_t p, const char *otherwise) {
  put(before);
  if (!p || at(p) == '{' || at(p) == '[') { put(otherwise); return; }
  if (at(p) != '"') { out(in + p, skip(p) - p); return; }
  uint32_t to = skip_string(p) - 1;
  look(p + 1, to);
  if (to > p + 1) out(in + p + 1, to - p - 1);
}

static void hosts(uint32_t h) {
  for (; h; h = next(h)) {
    value("HOST ", member(h, "type"), "-");
    value(" ", member(h, "value"), "-");
    put("\\n");
  }
}

static void features(uint32_t f) {
  for (; f; f = next(f)) {
    value("FEATURE ", member(f, "name"), "-");
    value(" ", member(f, "version"), "-");
    value(" ", member(f, "count"), "0");
    value(" ", member(f, "expiresOn"), "never");
    put("\\n");
  }
}

static void text(void) {
  uint32_t dry = get(0, "dryRun");
  put(dry && at(dry) == 't' ? "NOT FOR USE: a preview.\\n" : "");
  value("Hello, ", get(0, "licensee"), "world");
  value("!\\nLICENSE ", get(0, "licenseId"), "-");
  value("\\nPRODUCT ", member(get(0, "product"), "code"), "-");
  value("\\nISSUED ", get(0, "today"), "-");
  value("\\nSTARTS ", get(0, "startsOn"), "at once");
  value("\\nEXPIRES ", get(0, "expiresOn"), "never");
  put("\\n");
  hosts(first(get(0, "hosts")));
  features(first(get(0, "features")));
}

static int32_t describe(void) {
  put("{\"schema\":1,\"name\":\"hello\",\"version\":\"1.0.0\",\"vendor\":\"LDS\","
      "\"description\":\"A plain, unsigned text: an example in C.\","
      "\"ops\":[\"DESCRIBE\",\"GENERATE\",\"SELFTEST\"],\"schemas\":[1],"
      "\"hostTypes\":[{\"name\":\"ETHERNET\",\"label\":\"Ethernet address\",\"form\":\"hex\","
      "\"pattern\":\"[0-9a-f]{12}\",\"example\":\"00-11-22-AA-BB-CC\","
      "\"help\":\"Windows: getmac /v. Linux: ip link. macOS: ifconfig en0.\"}],"
      "\"files\":[{\"name\":\"license.txt\",\"mediaType\":\"text/plain\"}]}");
  return LDS_OK;
}

static int32_t generate(uint32_t len) {
  if (len > LIMIT || lds_input_read(0, in, len) != len) return LDS_INPUT;
  end = len;
  if (!get(0, "licenseId") || !get(0, "product")) return LDS_INPUT;
  counting = 1;
  text();
  counting = 0;
  if (forbidden) {
    put("{\"schema\":1,\"code\":\"CONTROL_CHARACTER\","
        "\"message\":\"A name or value contains a line break or control character.\"}");
    return LDS_REJECTED;
  }
  put("{\"schema\":1,\"files\":[{\"name\":\"license.txt\",\"mediaType\":\"text/plain\",\"text\":\"");
  text();
  put("\"}]}");
  return LDS_OK;
}

static int32_t run(uint32_t op, uint32_t len) {
  end = 0;
  counting = forbidden = 0; /* a native library keeps its statics between calls */
  switch (op) {
    case LDS_OP_DESCRIBE: return describe();
    case LDS_OP_GENERATE: return generate(len);
    case LDS_OP_SELFTEST: put("{\"schema\":1}"); return LDS_OK;
    default: return LDS_UNSUPPORTED;
  }
}

LDS_GENERATOR(run)
