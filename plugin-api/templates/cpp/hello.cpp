// A license generator: writes a text that names the license, its hosts and features.

#include "json.hpp"
#include "lds_generator.h"

static const char DESCRIPTION[] = R"({"schema":1,"name":"hello","version":"1.0.0",
"vendor":"Example","ops":["DESCRIBE","GENERATE","SELFTEST"],"schemas":[1],
"hostTypes":[{"name":"ETHERNET","label":"Ethernet address","form":"hex",
"pattern":"[0-9a-f]{12}","example":"00-11-22-AA-BB-CC",
"help":"Windows: getmac /v. Linux: ip link. macOS: ifconfig en0."}],
"files":[{"name":"license.txt","mediaType":"text/plain"}]})";

static int32_t answer(int32_t status, const std::string &document) {
  lds_output_write(reinterpret_cast<const uint8_t *>(document.data()),
                   static_cast<uint32_t>(document.size()));
  return status;
}

// A license text in the making. It tells by what it can't carry, since nothing may be thrown.
struct License {
  std::string text;
  bool incomplete = false;  // the request lacks something, or it is of another type
  bool forbidden = false;   // a name with a line break in it would forge a line

  // The text or number of a member; what is compulsory has no other value.
  std::string value(const Json &object, const char *name, const char *otherwise = nullptr) {
    const Json *found = object.get(name);
    if (!found && otherwise) return otherwise;
    if (found && (found->kind == Json::Text || found->kind == Json::Number)) return found->text;
    incomplete = true;
    return "";
  }

  const Json &member(const Json &object, const char *name, Json::Kind kind) {
    static const Json none;
    const Json *found = object.get(name);
    if (found && found->kind == kind) return *found;
    incomplete = true;
    return none;
  }

  void line(const std::string &line) {
    for (char c : line) forbidden |= static_cast<unsigned char>(c) < ' ';
    text += line + '\n';
  }

  explicit License(const Json &request) {
    if (member(request, "dryRun", Json::Bool).text == "true") line("NOT FOR USE: a preview.");
    line("Hello, " + value(request, "licensee", "world") + "!");
    line("LICENSE " + value(request, "licenseId"));
    line("PRODUCT " + value(member(request, "product", Json::Object), "code"));
    line("ISSUED " + value(request, "today"));
    line("STARTS " + value(request, "startsOn", "at once"));
    line("EXPIRES " + value(request, "expiresOn", "never"));
    for (const auto &[_, host] : member(request, "hosts", Json::List).members)
      line("HOST " + value(host, "type") + ' ' + value(host, "value"));
    for (const auto &[_, feature] : member(request, "features", Json::List).members)
      line("FEATURE " + value(feature, "name") + ' ' + value(feature, "version", "-") + ' ' +
           value(feature, "count") + ' ' + value(feature, "expiresOn", "never"));
  }
};

static int32_t generate(uint32_t input_len) {
  std::string input(input_len, '\0');
  if (lds_input_read(0, reinterpret_cast<uint8_t *>(input.data()), input_len) != input_len)
    return LDS_INPUT;
  auto request = Json::read(input);
  if (!request) return LDS_INPUT;
  License license(*request);
  if (license.incomplete) return LDS_INPUT;
  if (license.forbidden)
    return answer(LDS_REJECTED, R"({"schema":1,"code":"CONTROL_CHARACTER",
"message":"A name or value contains a line break or control character."})");
  return answer(LDS_OK, R"({"schema":1,"files":[{"name":"license.txt","mediaType":"text/plain","text":)" +
                            Json::quoted(license.text) + "}]}");
}

static int32_t run(uint32_t op, uint32_t input_len) {
  switch (op) {
    case LDS_OP_DESCRIBE: return answer(LDS_OK, DESCRIPTION);
    case LDS_OP_GENERATE: return generate(input_len);
    case LDS_OP_SELFTEST: return answer(LDS_OK, R"({"schema":1})");
    default: return LDS_UNSUPPORTED;
  }
}

LDS_GENERATOR(run)
