//! Hostile native libraries: their worker pays, the server goes on.

use std::fs::File;
use std::io::Write;
use std::process::Command;

use lds_generators::{CallStatus, LogLevel};

use crate::kit::{GENERATE, HEADER, PluginFile, c, call, compile_c, open, refusal, runtime};

#[tokio::test]
async fn gives_back_what_it_was_given() {
    let echo = c(r"
      static uint8_t in[1 << 20];
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        uint32_t n = h->input_read(h->ctx, 0, in, len);
        return n == len && op == 2 && h->size >= sizeof *h ? h->output_write(h->ctx, in, n) : 3; }");
    let plugin = open(&echo).await.unwrap();
    for len in [0, 1, 70_000, 1 << 20] {
        let input = vec![b'x'; len];
        let outcome = plugin.call(GENERATE, &input).await;
        assert_eq!(outcome.status, CallStatus::Ok);
        assert_eq!(outcome.output, input);
    }
}

#[tokio::test]
async fn reads_only_what_there_is() {
    let plugin = c(r"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        uint8_t b[100];
        return h->input_read(h->ctx, 1, b, 100) == 4 && h->input_read(h->ctx, 5, b, 100) == 0
          && h->input_read(h->ctx, UINT32_MAX, b, 100) == 0 && h->input_read(h->ctx, 0, 0, 0) == 0 ? 0 : 3; }");
    assert_eq!(call(&plugin, b"12345").await.status, CallStatus::Ok);
}

#[tokio::test]
async fn a_crash_is_tried_twice_and_told() {
    // What the first process reads out of the pipe, the second does not find.
    let folder = tempfile::tempdir().unwrap();
    let (code, library) = (folder.path().join("once.c"), folder.path().join("once.so"));
    let pipe = folder.path().join("pipe.so");
    let text = format!(
        r#"{HEADER}
      #include <fcntl.h>
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {{
          char next; int pipe = open("{}", O_RDONLY);
          if (read(pipe, &next, 1) != 1) return 3;
          if (next == 'c') abort();
          return 1; }}"#,
        pipe.display()
    );
    std::fs::write(&code, text).unwrap();
    compile_c(&code, &library, &[]);
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut plays = File::options().read(true).write(true).open(&pipe).unwrap();
    plays.write_all(b"cg").unwrap();
    let once = runtime().open_file(&library, None).await.unwrap();
    assert_eq!(once.call(GENERATE, b"").await.status, CallStatus::Rejected);
    let always = c(r#"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        h->log(h->ctx, 2, (const uint8_t *)"last words", 10);
        *(volatile int *)0 = 1; return 0; }"#);
    let outcome = call(&always, b"").await;
    assert_eq!(outcome.status, CallStatus::Crashed);
    assert_eq!(outcome.logs.len(), 2);
    assert_eq!(outcome.logs[0].text, "last words");
    assert_eq!(outcome.logs[0].level, LogLevel::Warn);
}

#[tokio::test]
async fn a_plugin_serves_on_after_a_crash() {
    let file = c(r"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        if (len) abort();
        return 0; }");
    let plugin = open(&file).await.unwrap();
    assert_eq!(
        plugin.call(GENERATE, b"x").await.status,
        CallStatus::Crashed
    );
    assert_eq!(plugin.call(GENERATE, b"").await.status, CallStatus::Ok);
}

#[tokio::test]
async fn exit_is_a_crash() {
    let plugin =
        c(r"int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) { exit(0); }");
    assert_eq!(call(&plugin, b"").await.status, CallStatus::Crashed);
}

#[tokio::test]
async fn a_hang_ends_at_the_time_limit_and_its_process_with_it() {
    let file = c(r#"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        if (!len) return 0;
        char pid[20]; int n = snprintf(pid, sizeof pid, "%d", getpid());
        h->log(h->ctx, 3, (const uint8_t *)pid, n);
        for (;;) pause(); }"#);
    let plugin = open(&file).await.unwrap();
    let outcome = plugin.call(GENERATE, b"x").await;
    assert_eq!(outcome.status, CallStatus::Timeout);
    // The spawner works in order: once it has started another, the first is gone.
    assert_eq!(plugin.call(GENERATE, b"").await.status, CallStatus::Ok);
    let process = format!("/proc/{}", outcome.logs[0].text);
    assert!(!std::path::Path::new(&process).exists(), "{process}");
}

#[tokio::test]
async fn what_it_prints_does_not_mix_with_answers() {
    let plugin = c(r#"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        for (int i = 0; i < 20000; i++) { printf("out %d\n", i); fprintf(stderr, "err %d\n", i); }
        fflush(stdout);
        char b[9]; if (read(0, b, 9) != 0) return 3;
        return h->output_write(h->ctx, (const uint8_t *)"{}", 2); }"#);
    let outcome = call(&plugin, b"").await;
    assert_eq!(outcome.status, CallStatus::Ok);
    assert_eq!(outcome.output, b"{}");
}

#[tokio::test]
async fn floods_are_cut() {
    let plugin = open(&c(r"
      static uint8_t b[65536];
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        memset(b, 'x', sizeof b);
        if (len) { while (h->output_write(h->ctx, b, sizeof b) == 0); return 0; }
        for (int i = 0; i < 10000; i++) h->log(h->ctx, 1, b, 1000);
        return 0; }"))
    .await
    .unwrap();
    let flood = plugin.call(GENERATE, b"x").await;
    assert_eq!(flood.status, CallStatus::OutputLimit);
    assert!(flood.output.is_empty());
    let chatter = plugin.call(GENERATE, b"").await;
    assert_eq!(chatter.status, CallStatus::Ok);
    assert_eq!(chatter.logs.len(), 65);
}

#[tokio::test]
async fn memory_is_limited() {
    let plugin = c(r"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        return malloc(200u << 20) && !malloc(100u << 20) ? 1 : 0; }");
    assert_eq!(call(&plugin, b"").await.status, CallStatus::Rejected);
}

#[tokio::test]
async fn the_environment_is_empty_and_no_right_can_be_gained() {
    let plugin = c(r"
      #include <sys/prctl.h>
      #include <sys/resource.h>
      extern char **environ;
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        struct rlimit r; int sig = 0;
        if (environ && *environ) return 1;
        if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 2;
        if (prctl(PR_GET_PDEATHSIG, &sig) || sig != 9) return 3;
        if (getrlimit(RLIMIT_CORE, &r) || r.rlim_max) return 4;
        if (getrlimit(RLIMIT_FSIZE, &r) || r.rlim_max) return 5;
        return 0; }");
    assert_eq!(call(&plugin, b"").await.status, CallStatus::Ok);
}

/// A vendor's kit may come in more than one file.
#[tokio::test]
async fn it_may_need_a_library_beside_it() {
    let other = c("int answer(void) { return 1; }");
    let folder = other.path.parent().unwrap();
    let code = folder.join("needs.c");
    let text = "int answer(void); unsigned lds_abi(void) { return 0x10000; }
      int lds_call(const void *h, unsigned op, unsigned len) { return answer(); }";
    std::fs::write(&code, text).unwrap();
    let library = folder.join("needs.so");
    let needed = other.path.to_str().unwrap();
    compile_c(&code, &library, &[needed]);
    let runtime = runtime();
    let plugin = runtime.open_file(&library, None).await.unwrap();
    assert_eq!(
        plugin.call(GENERATE, b"").await.status,
        CallStatus::Rejected
    );
}

#[tokio::test]
async fn libraries_that_do_not_fit_are_named() {
    let refused = refusal(&c("")).await;
    assert!(refused.contains("no lds_call"), "{refused}");
    let refused = refusal(&c(
        "int missing(void); int32_t lds_call(void) { return missing(); }",
    ))
    .await;
    assert!(refused.contains("missing"), "{refused}");
    let refused = refusal(&c(r"
      __attribute__((constructor)) static void up(void) { abort(); }
      int32_t lds_call;"))
    .await;
    assert!(refused.contains("cannot be loaded"), "{refused}");
}

/// A library that writes `lie` into the memory that it shares with the server,
/// as `w`: turn, whether asleep, status, ending; then, as `l`, bytes of output
/// and of messages. Then it passes the turn and wakes the server.
fn liar(lie: &str) -> PluginFile {
    c(&format!(
        r#"
      #include <sys/socket.h>
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {{
          if (!len) return 0;
          char line[400]; void *from = 0; FILE *maps = fopen("/proc/self/maps", "r");
          while (fgets(line, sizeof line, maps))
            if (strstr(line, "memfd:lds-worker")) {{ sscanf(line, "%p", &from); break; }}
          if (!from) return 1;
          volatile uint32_t *s = from, *w = s + 32; volatile uint64_t *l = (void *)(w + 4);
          h->log(h->ctx, 3, (const uint8_t *)"true", 4);
          {lie}
          w[0] = s[0];
          for (int fd = 3; fd < 9; fd++) send(fd, "!", 1, MSG_DONTWAIT);
          for (;;) pause(); }}"#
    ))
}

#[tokio::test]
async fn lies_cost_the_worker() {
    for lie in [
        "l[0] = 1 << 30;",
        "l[0] = UINT64_MAX;",
        "l[1] = 1 << 30;",
        "l[1] = 11;",
        "w[3] = 2;",
        "w[3] = 99;",
    ] {
        let file = liar(lie);
        let plugin = open(&file).await.unwrap();
        let outcome = plugin.call(GENERATE, b"x").await;
        assert_eq!(outcome.status, CallStatus::Crashed, "{lie}");
        assert_eq!(plugin.call(GENERATE, b"").await.status, CallStatus::Ok);
    }
    let honest = call(&liar("w[2] = 1;"), b"x").await;
    assert_eq!(honest.status, CallStatus::Rejected);
    assert_eq!(honest.logs[0].text, "true");
}

#[tokio::test]
async fn a_turn_that_never_comes_ends_at_the_time_limit() {
    let plugin = liar("s[0] += 7; w[1] = 7; l[0] = 1;");
    let outcome = call(&plugin, b"x").await;
    assert_eq!(outcome.status, CallStatus::Timeout);
    assert_eq!(outcome.logs[0].text, "true");
}

#[tokio::test]
async fn waits_for_slow_libraries() {
    let plugin = open(&c(r"
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        usleep(3000);
        return 0; }"))
    .await
    .unwrap();
    for _ in 0..5 {
        assert_eq!(plugin.call(GENERATE, b"").await.status, CallStatus::Ok);
    }
}

#[tokio::test]
async fn takes_no_request_that_is_too_long() {
    let plugin =
        c(r"int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) { return 0; }");
    let outcome = call(&plugin, &vec![b'x'; (1 << 20) + 1]).await;
    assert_eq!(outcome.status, CallStatus::Input);
}
