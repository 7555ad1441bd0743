// A license generator: writes a text that names the license, its hosts and features.

import { Json, read, quoted } from "./json";

// @ts-ignore: decorator
@external("lds_v1", "input_read")
declare function inputRead(offset: u32, to: usize, length: u32): u32;
// @ts-ignore: decorator
@external("lds_v1", "output_write")
declare function outputWrite(from: usize, length: u32): i32;

const DESCRIPTION =
  '{"schema":1,"name":"hello","version":"1.0.0","vendor":"Example",' +
  '"ops":["DESCRIBE","GENERATE","SELFTEST"],"schemas":[1],' +
  '"hostTypes":[{"name":"ETHERNET","label":"Ethernet address","form":"hex",' +
  '"pattern":"[0-9a-f]{12}","example":"00-11-22-AA-BB-CC",' +
  '"help":"Windows: getmac /v. Linux: ip link. macOS: ifconfig en0."}],' +
  '"files":[{"name":"license.txt","mediaType":"text/plain"}]}';

const CONTROL_CHARACTER =
  '{"schema":1,"code":"CONTROL_CHARACTER",' +
  '"message":"A name or value contains a line break or control character."}';

const OK = 0, REJECTED = 1, INPUT = 2, UNSUPPORTED = 4;

export function lds_abi(): u32 {
  return 0x10000;
}

export function lds_call(op: u32, length: u32): i32 {
  switch (op) {
    case 1: return answer(OK, DESCRIPTION);
    case 2: return generate(length);
    case 8: return answer(OK, '{"schema":1}');
    default: return UNSUPPORTED;
  }
}

function answer(status: i32, document: string): i32 {
  const bytes = String.UTF8.encode(document);
  outputWrite(changetype<usize>(bytes), bytes.byteLength);
  return status;
}

function generate(length: u32): i32 {
  const bytes = new ArrayBuffer(length);
  inputRead(0, changetype<usize>(bytes), length);
  const request = read(String.UTF8.decode(bytes));
  if (request === null) return INPUT;
  const license = new License(request);
  if (license.incomplete) return INPUT;
  if (license.forbidden) return answer(REJECTED, CONTROL_CHARACTER);
  const file = '{"name":"license.txt","mediaType":"text/plain","text":' + quoted(license.text) + "}";
  return answer(OK, '{"schema":1,"files":[' + file + "]}");
}

/** A license text in the making. It tells by what it can't carry, since nothing can be thrown. */
class License {
  text: string = "";
  /** The request lacks something, or it is of another type. */
  incomplete: bool = false;
  /** A name with a line break in it would forge a line. */
  forbidden: bool = false;

  constructor(request: Json) {
    const dryRun = request.get("dryRun");
    if (dryRun !== null && dryRun.text == "true") this.line("NOT FOR USE: a preview.");
    this.line("Hello, " + this.value(request, "licensee", "world") + "!");
    this.line("LICENSE " + this.value(request, "licenseId"));
    const product = request.get("product");
    this.line("PRODUCT " + this.value(product === null ? new Json() : product, "code"));
    this.line("ISSUED " + this.value(request, "today"));
    this.line("STARTS " + this.value(request, "startsOn", "at once"));
    this.line("EXPIRES " + this.value(request, "expiresOn", "never"));
    const hosts = this.list(request, "hosts");
    for (let i = 0; i < hosts.length; i++) {
      this.line("HOST " + this.value(hosts[i], "type") + " " + this.value(hosts[i], "value"));
    }
    const features = this.list(request, "features");
    for (let i = 0; i < features.length; i++) this.feature(features[i]);
  }

  private feature(feature: Json): void {
    const version = this.value(feature, "version", "-");
    const count = this.value(feature, "count");
    const expires = this.value(feature, "expiresOn", "never");
    this.line("FEATURE " + this.value(feature, "name") + " " + version + " " + count + " " + expires);
  }

  /** The text or number of a member; what is compulsory has no other value. */
  private value(object: Json, name: string, otherwise: string | null = null): string {
    const found = object.get(name);
    if (found === null && otherwise !== null) return otherwise;
    if (found !== null && found.isText) return found.text;
    this.incomplete = true;
    return "";
  }

  private list(object: Json, name: string): Json[] {
    const found = object.get(name);
    if (found !== null) return found.items;
    this.incomplete = true;
    return [];
  }

  private line(line: string): void {
    for (let i = 0; i < line.length; i++) {
      if (line.charCodeAt(i) < 0x20) this.forbidden = true;
    }
    this.text += line + "\n";
  }
}
