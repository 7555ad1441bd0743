//! A license generator: writes a text that names the license, its hosts and features.

const std = @import("std");

extern "lds_v1" fn input_read(offset: u32, to: [*]u8, length: u32) u32;
extern "lds_v1" fn output_write(from: [*]const u8, length: u32) i32;

const Status = enum(i32) { ok = 0, rejected = 1, input = 2, internal = 3, unsupported = 4 };

const description =
    \\{"schema":1,"name":"hello","version":"1.0.0","vendor":"Example",
    \\"ops":["DESCRIBE","GENERATE","SELFTEST"],"schemas":[1],
    \\"hostTypes":[{"name":"ETHERNET","label":"Ethernet address","form":"hex",
    \\"pattern":"[0-9a-f]{12}","example":"00-11-22-AA-BB-CC",
    \\"help":"Windows: getmac /v. Linux: ip link. macOS: ifconfig en0."}],
    \\"files":[{"name":"license.txt","mediaType":"text/plain"}]}
;

/// What this generator reads of a request.
const Request = struct {
    dryRun: bool,
    licenseId: []const u8,
    licensee: []const u8 = "world",
    product: struct { code: []const u8 },
    today: []const u8,
    startsOn: []const u8 = "at once",
    expiresOn: []const u8 = "never",
    hosts: []const struct { type: []const u8, value: []const u8 },
    features: []const struct {
        name: []const u8,
        version: []const u8 = "-",
        count: u64,
        expiresOn: []const u8 = "never",
    },
};

export fn lds_abi() u32 {
    return 0x10000;
}

/// Memory is never freed: an instance lives for one call.
export fn lds_call(op: u32, length: u32) i32 {
    return @intFromEnum(call(std.heap.wasm_allocator, op, length) catch Status.internal);
}

fn call(memory: std.mem.Allocator, op: u32, length: u32) !Status {
    const input = try memory.alloc(u8, length);
    _ = input_read(0, input.ptr, length);
    switch (op) {
        1 => write(description),
        2 => return generate(memory, input),
        8 => write("{\"schema\":1}"),
        else => return .unsupported,
    }
    return .ok;
}

fn generate(memory: std.mem.Allocator, input: []const u8) !Status {
    const options = std.json.ParseOptions{ .ignore_unknown_fields = true };
    const request = std.json.parseFromSliceLeaky(Request, memory, input, options) catch
        return .input;
    var text: Text = .{ .memory = memory };
    license(&text, request) catch |err| {
        if (err != error.ControlCharacter) return err;
        write(
            \\{"schema":1,"code":"CONTROL_CHARACTER",
            \\"message":"A name or value contains a line break or control character."}
        );
        return .rejected;
    };
    const file = .{ .name = "license.txt", .mediaType = "text/plain", .text = text.written.items };
    const result = .{ .schema = 1, .files = .{file} };
    write(try std.json.Stringify.valueAlloc(memory, result, .{}));
    return .ok;
}

fn license(text: *Text, request: Request) !void {
    if (request.dryRun) try text.line("NOT FOR USE: a preview.", .{});
    try text.line("Hello, {s}!", .{request.licensee});
    try text.line("LICENSE {s}", .{request.licenseId});
    try text.line("PRODUCT {s}", .{request.product.code});
    try text.line("ISSUED {s}", .{request.today});
    try text.line("STARTS {s}", .{request.startsOn});
    try text.line("EXPIRES {s}", .{request.expiresOn});
    for (request.hosts) |host| try text.line("HOST {s} {s}", .{ host.type, host.value });
    for (request.features) |feature| try text.line("FEATURE {s} {s} {d} {s}", .{
        feature.name, feature.version, feature.count, feature.expiresOn,
    });
}

const Text = struct {
    memory: std.mem.Allocator,
    written: std.ArrayList(u8) = .empty,

    /// A name with a line break in it would forge a line: such a request is refused.
    fn line(text: *Text, comptime format: []const u8, values: anytype) !void {
        const whole = try std.fmt.allocPrint(text.memory, format, values);
        for (whole) |character| if (character < ' ') return error.ControlCharacter;
        try text.written.appendSlice(text.memory, whole);
        try text.written.append(text.memory, '\n');
    }
};

fn write(output: []const u8) void {
    _ = output_write(output.ptr, @intCast(output.len));
}
