/* The generator ABI, version 1.0: one source, a WebAssembly module and a native library.
 *
 * A generator is a pure function of an operation and a JSON document. Write
 *
 *   static int32_t run(uint32_t op, uint32_t input_len) { ... return LDS_OK; }
 *   LDS_GENERATOR(run)
 *
 * once per plugin, and call lds_input_read, lds_output_write, lds_log inside. No libc is needed.
 *
 *   WebAssembly:  clang --target=wasm32-unknown-unknown -O2 -ffreestanding -nostdlib
 *                   -Wl,--no-entry -o x.wasm x.c   (before version 20 add -mbulk-memory)
 *   native:       gcc -O2 -shared -fPIC -fvisibility=hidden -o x.so x.c
 *
 * In a native library lds_call is entered always on one thread, one call at a time, many times in
 * a process: nothing that a call leaves behind may change the next. No exception, panic or longjmp
 * leaves lds_call.
 */
#ifndef LDS_GENERATOR_H
#define LDS_GENERATOR_H

#include <stdint.h>

/* (major << 16) | minor */
#define LDS_ABI 0x10000u

/* Operations. */
#define LDS_OP_DESCRIBE 1u
#define LDS_OP_GENERATE 2u
#define LDS_OP_VALIDATE 3u
#define LDS_OP_VERIFY 4u
#define LDS_OP_READ 5u
#define LDS_OP_HOST 6u
#define LDS_OP_SELFTEST 8u

/* Statuses. */
#define LDS_OK 0
#define LDS_REJECTED 1    /* the vendor's no: {schema, code, message, field?}, shown to the user */
#define LDS_INPUT 2       /* the input was not understood */
#define LDS_INTERNAL 3    /* own failure */
#define LDS_UNSUPPORTED 4 /* unknown operation */

/* Levels of lds_log. */
#define LDS_LOG_ERROR 1u
#define LDS_LOG_WARN 2u
#define LDS_LOG_INFO 3u
#define LDS_LOG_DEBUG 4u

#ifdef __cplusplus
#define LDS_EXTERN_C extern "C"
#else
#define LDS_EXTERN_C
#endif

/* Native: the functions of the host. Only ever appended to; dies when the call returns. */
struct lds_host {
  uint32_t size, abi;
  void *ctx;
  uint32_t (*input_read)(void *ctx, uint32_t offset, uint8_t *dst, uint32_t len);
  int32_t (*output_write)(void *ctx, const uint8_t *src, uint32_t len);
  void (*log)(void *ctx, uint32_t level, const uint8_t *utf8, uint32_t len);
};

/* lds_input_read copies min(len, input_len - offset) bytes and returns that number, 0 from the end
 * on. lds_output_write appends and returns 0; what is written can't be taken back. Where it would
 * pass the output limit it appends nothing and returns -1, and the call has failed. lds_log: no
 * license text in it. */

#ifdef __wasm__

#define LDS_EXPORT(name) LDS_EXTERN_C __attribute__((visibility("default"), export_name(name)))
#define LDS_IMPORT(name) LDS_EXTERN_C __attribute__((import_module("lds_v1"), import_name(name)))

LDS_IMPORT("input_read") uint32_t lds_input_read(uint32_t offset, uint8_t *dst, uint32_t len);
LDS_IMPORT("output_write") int32_t lds_output_write(const uint8_t *src, uint32_t len);
LDS_IMPORT("log") void lds_log(uint32_t level, const uint8_t *utf8, uint32_t len);

#define LDS_GENERATOR(run)                                                                         \
  LDS_EXPORT("lds_abi") uint32_t lds_abi(void) { return LDS_ABI; }                                 \
  LDS_EXPORT("lds_call") int32_t lds_call(uint32_t op, uint32_t input_len) {                       \
    return run(op, input_len);                                                                     \
  }

#else

#define LDS_EXPORT(name) LDS_EXTERN_C __attribute__((visibility("default")))

#if defined(__GNUC__)
#define LDS_UNUSED __attribute__((unused))
#else
#define LDS_UNUSED
#endif

/* The host of the call that runs. */
static const struct lds_host *lds_current_host;

LDS_UNUSED static uint32_t lds_input_read(uint32_t offset, uint8_t *dst, uint32_t len) {
  return lds_current_host ? lds_current_host->input_read(lds_current_host->ctx, offset, dst, len)
                          : 0;
}

LDS_UNUSED static int32_t lds_output_write(const uint8_t *src, uint32_t len) {
  return lds_current_host ? lds_current_host->output_write(lds_current_host->ctx, src, len) : -1;
}

LDS_UNUSED static void lds_log(uint32_t level, const uint8_t *utf8, uint32_t len) {
  if (lds_current_host) lds_current_host->log(lds_current_host->ctx, level, utf8, len);
}

#define LDS_GENERATOR(run)                                                                         \
  LDS_EXPORT("lds_abi") uint32_t lds_abi(void) { return LDS_ABI; }                                 \
  LDS_EXPORT("lds_call")                                                                           \
  int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t input_len) {                    \
    int32_t status;                                                                                \
    lds_current_host = h;                                                                          \
    status = run(op, input_len);                                                                   \
    lds_current_host = 0;                                                                          \
    return status;                                                                                 \
  }

#endif
#endif
