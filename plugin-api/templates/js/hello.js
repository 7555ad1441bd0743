// A license generator: writes a text that names the license, its hosts and features.

const DESCRIPTION = {
  schema: 1,
  name: "hello",
  version: "1.0.0",
  vendor: "Example",
  ops: ["DESCRIBE", "GENERATE", "SELFTEST"],
  schemas: [1],
  hostTypes: [
    {
      name: "ETHERNET",
      label: "Ethernet address",
      form: "hex",
      pattern: "[0-9a-f]{12}",
      example: "00-11-22-AA-BB-CC",
      help: "Windows: getmac /v. Linux: ip link. macOS: ifconfig en0.",
    },
  ],
  files: [{ name: "license.txt", mediaType: "text/plain" }],
};

const DESCRIBE = 1, GENERATE = 2, SELFTEST = 8;
const OK = 0, REJECTED = 1, INPUT = 2, UNSUPPORTED = 4;

// The vendor's no: its text is shown to the user.
class Rejected extends Error {
  constructor(code, message, field) {
    super(message);
    this.document = { schema: 1, code, message, field };
  }
}

// The input was not understood.
class BadInput extends Error {}

export const ldsAbi = () => 0x10000;

export function ldsCall(op, input) {
  try {
    switch (op) {
      case DESCRIBE:
        return [OK, JSON.stringify(DESCRIPTION)];
      case GENERATE:
        return [OK, JSON.stringify(generate(JSON.parse(input)))];
      case SELFTEST:
        return [OK, JSON.stringify({ schema: 1 })];
      default:
        return [UNSUPPORTED, ""];
    }
  } catch (error) {
    if (error instanceof Rejected) return [REJECTED, JSON.stringify(error.document)];
    return [INPUT, ""];
  }
}

function generate(request) {
  const text = [...lines(request)].map(line).join("");
  return { schema: 1, files: [{ name: "license.txt", mediaType: "text/plain", text }] };
}

function* lines(request) {
  if (request.dryRun) yield "NOT FOR USE: a preview.";
  yield `Hello, ${value(request.licensee, "world")}!`;
  yield `LICENSE ${value(request.licenseId)}`;
  yield `PRODUCT ${value(request.product.code)}`;
  yield `ISSUED ${value(request.today)}`;
  yield `STARTS ${value(request.startsOn, "at once")}`;
  yield `EXPIRES ${value(request.expiresOn, "never")}`;
  for (const host of request.hosts) yield `HOST ${value(host.type)} ${value(host.value)}`;
  for (const feature of request.features) {
    const { name, version, count, expiresOn } = feature;
    yield `FEATURE ${value(name)} ${value(version, "-")} ${value(count)} ${value(expiresOn, "never")}`;
  }
}

// A text or number of the request; what is compulsory has no other value.
function value(given, otherwise) {
  const known = given ?? otherwise;
  if (typeof known !== "string" && typeof known !== "number") throw new BadInput();
  return known;
}

// A name with a line break in it would forge a line: such a request is refused.
function line(text) {
  if (/[\0-\x1f]/.test(text)) {
    const message = "A name or value contains a line break or control character.";
    throw new Rejected("CONTROL_CHARACTER", message);
  }
  return text + "\n";
}
