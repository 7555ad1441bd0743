// As much of JSON as a generator needs: reads what a host sends, writes texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct Json {
  enum Kind { Null, Bool, Number, Text, List, Object } kind = Null;
  std::string text;  // of a text; digits of a number; "true" or "false"
  std::vector<std::pair<std::string, Json>> members;  // of a list without names

  // A member; nullptr if there is none.
  const Json *get(const char *name) const {
    for (const auto &[key, value] : members)
      if (kind == Object && key == name) return &value;
    return nullptr;
  }

  static std::optional<Json> read(const std::string &document);
  static std::string quoted(const std::string &text);
};

namespace json {

constexpr int DEEPEST = 16;

struct Reader {
  const std::string &in;
  size_t at = 0;

  char peek() const { return at < in.size() ? in[at] : '\0'; }
  bool take(char c) { return peek() == c && ++at; }
  bool word(const char *w) {
    size_t length = std::string(w).size();
    if (in.compare(at, length, w)) return false;
    at += length;
    return true;
  }

  bool value(Json &to, int depth = 0) {
    if (depth > DEEPEST) return false;
    char c = peek();
    if (c == '"') return to.kind = Json::Text, string(to.text);
    if (c == '{' || c == '[') return nested(to, depth);
    if (word("null")) return true;
    for (const char *w : {"true", "false"})
      if (word(w)) return to.kind = Json::Bool, to.text = w, true;
    return to.kind = Json::Number, number(to.text);
  }

  bool number(std::string &to) {
    size_t from = at;
    if (peek() == '-') at++;
    while (peek() >= '0' && peek() <= '9') at++;
    to = in.substr(from, at - from);
    return !to.empty() && to != "-";
  }

  bool nested(Json &to, int depth) {
    bool object = take('{');
    if (!object) at++;
    char end = object ? '}' : ']';
    to.kind = object ? Json::Object : Json::List;
    if (take(end)) return true;
    do {
      auto &[key, item] = to.members.emplace_back();
      if (object && !(string(key) && take(':'))) return false;
      if (!value(item, depth + 1)) return false;
    } while (take(','));
    return take(end);
  }

  // Escapes are those of the ABI: \u00XX stands for what is below space, all else is raw.
  bool string(std::string &to) {
    if (!take('"')) return false;
    while (at < in.size() && in[at] != '"') {
      char c = in[at++];
      if (c == '\\' && !escape(c)) return false;
      to.push_back(c);
    }
    return take('"');
  }

  bool escape(char &to) {
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    char c = at < in.size() ? in[at++] : '\0';
    for (int i = 0; from[i]; i++)
      if (c == from[i]) return to = into[i], true;
    if (c != 'u' || in.compare(at, 2, "00")) return false;
    int code = digit(at + 2) * 16 + digit(at + 3);
    at += 4;
    return to = static_cast<char>(code), code >= 0 && code < ' ';
  }

  int digit(size_t place) const {
    char c = place < in.size() ? in[place] : 'x';
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1000;
  }
};

}  // namespace json

inline std::optional<Json> Json::read(const std::string &document) {
  json::Reader reader{document};
  Json value;
  if (!reader.value(value) || reader.at != document.size()) return std::nullopt;
  return value;
}

inline std::string Json::quoted(const std::string &text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '\n') { out += "\\n"; continue; }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}
