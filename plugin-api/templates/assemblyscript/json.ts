// As much of JSON as a generator needs: reads what a host sends, writes texts.

export class Json {
  /** A text or a number. */
  isText: bool = false;
  /** Of a text; digits of a number; true, false or null. */
  text: string = "";
  /** Names of the items, of an object. */
  names: string[] = [];
  items: Json[] = [];

  /** A member; null if there is none. */
  get(name: string): Json | null {
    const place = this.names.indexOf(name);
    return place < 0 ? null : this.items[place];
  }
}

/** The document; null if it is damaged. */
export function read(document: string): Json | null {
  const reader = new Reader(document);
  const value = reader.value(0);
  return reader.damaged || reader.at != document.length ? null : value;
}

export function quoted(text: string): string {
  return '"' + text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n") + '"';
}

const DEEPEST = 16;
const ESCAPES = '"\\/bfnrt';
const ESCAPED = '"\\/\b\f\n\r\t';

class Reader {
  at: i32 = 0;
  damaged: bool = false;

  constructor(private text: string) {}

  value(depth: i32): Json {
    const value = new Json();
    if (depth > DEEPEST) this.damaged = true;
    if (this.damaged) return value;
    if (this.take("{")) this.nested(value, depth, true);
    else if (this.take("[")) this.nested(value, depth, false);
    else if (this.peek() == '"') {
      value.isText = true;
      value.text = this.string();
    } else this.word(value);
    return value;
  }

  private peek(): string {
    return this.text.charAt(this.at);
  }

  private take(character: string): bool {
    if (this.peek() != character) return false;
    this.at++;
    return true;
  }

  private want(character: string): void {
    if (!this.take(character)) this.damaged = true;
  }

  private nested(to: Json, depth: i32, isObject: bool): void {
    const end = isObject ? "}" : "]";
    if (this.take(end)) return;
    do {
      if (isObject) {
        to.names.push(this.string());
        this.want(":");
      }
      to.items.push(this.value(depth + 1));
    } while (!this.damaged && this.take(","));
    this.want(end);
  }

  /** A number, true, false or null. */
  private word(to: Json): void {
    const from = this.at;
    while (this.at < this.text.length && !",]}".includes(this.peek())) this.at++;
    to.text = this.text.substring(from, this.at);
    const first = to.text.charCodeAt(0);
    to.isText = to.text.length > 0 && (first == 0x2d || (first >= 0x30 && first <= 0x39));
    if (!to.isText && !["true", "false", "null"].includes(to.text)) this.damaged = true;
  }

  private string(): string {
    let value = "";
    this.want('"');
    while (!this.damaged && !this.take('"')) {
      if (this.at >= this.text.length) this.damaged = true;
      const character = this.peek();
      this.at++;
      value += character == "\\" ? this.escape() : character;
    }
    return value;
  }

  private escape(): string {
    const character = this.peek();
    this.at++;
    const place = character == "" ? -1 : ESCAPES.indexOf(character);
    if (place >= 0) return ESCAPED.charAt(place);
    const code = character == "u" ? parseInt(this.text.substring(this.at, this.at + 4), 16) : NaN;
    this.at += 4;
    if (isNaN(code)) this.damaged = true;
    return this.damaged ? "" : String.fromCharCode(<i32>code);
  }
}
