/* A generator that composes the value of a host from its slot. */
#include <string.h>

#include "lds_generator.h"

static const char DESCRIPTION[] =
    "{\"schema\":1,\"name\":\"dongle\",\"version\":\"1.0.0\",\"vendor\":\"Example\","
    "\"ops\":[\"DESCRIBE\",\"GENERATE\",\"HOST\"],\"schemas\":[1],"
    "\"hostTypes\":[{\"name\":\"DONGLE\",\"label\":\"Dongle\",\"form\":\"upper\","
    "\"attributes\":[{\"name\":\"slot\",\"type\":\"int\",\"required\":true}]}]}";

static void put(const char *text, size_t length) {
  lds_output_write((const uint8_t *)text, (uint32_t)length);
}

static int32_t compose(void) {
  static const char BEFORE[] = "{\"schema\":1,\"value\":\"ab-";
  static char in[4096];
  in[lds_input_read(0, (uint8_t *)in, sizeof in - 1)] = 0;
  const char *slot = strstr(in, "\"slot\":");
  if (!slot) return LDS_INPUT;
  put(BEFORE, sizeof BEFORE - 1);
  slot += strlen("\"slot\":");
  put(slot, strcspn(slot, ",}"));
  put("\"}", 2);
  return LDS_OK;
}

static int32_t run(uint32_t op, uint32_t len) {
  (void)len;
  if (op == LDS_OP_HOST) return compose();
  if (op != LDS_OP_DESCRIBE) return LDS_UNSUPPORTED;
  put(DESCRIPTION, sizeof DESCRIPTION - 1);
  return LDS_OK;
}

LDS_GENERATOR(run)
