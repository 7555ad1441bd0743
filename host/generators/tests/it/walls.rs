//! What a native library cannot reach: the server's keys and memory, programs, the network.

use std::net::TcpListener;

use lds_generators::{CallStatus, missing_walls};
use tempfile::TempDir;

use crate::kit::{c, call};

/// Makes these attempts in a library, after what is `prepared`, and fails with each that was not
/// refused. `KEY` is a file of the server's, `PARENT` its process.
async fn assert_refused(key: &str, prepared: &str, attempts: &[&str]) {
    let missing = missing_walls();
    assert!(
        missing.is_empty(),
        "this kernel cannot close native plugins in, so that nothing is shown here: it lacks walls \
         around {}; Linux 6.12 with landlock in its list of lsm= has them all",
        missing.join(", ")
    );
    let attempts = format!("REFUSED({});", attempts.join(");\nREFUSED("));
    let outcome = call(
        &c(&format!(
            r#"
      #include <errno.h>
      #include <fcntl.h>
      #include <netinet/in.h>
      #include <signal.h>
      #include <sys/mount.h>
      #include <sys/prctl.h>
      #include <sys/ptrace.h>
      #include <sys/resource.h>
      #include <sys/shm.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <sys/syscall.h>
      #include <sys/uio.h>
      #include <sys/un.h>
      #define KEY "{key}"
      #define PARENT getppid()
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {{
        #define REFUSED(call) if ((errno = 0, (long)(call) != -1) || (errno != EACCES && errno != ENOSYS)) \
          h->log(h->ctx, 2, (const uint8_t *)#call, strlen(#call))
        char at[40];
        #define OF_PARENT(file) (snprintf(at, sizeof at, "/proc/%d/" file, PARENT), at)
        {prepared}
        {attempts}
        return 0; }}"#
        )),
        b"",
    )
    .await;
    assert_eq!(outcome.status, CallStatus::Ok);
    assert_eq!(outcome.logs, []);
}

fn key() -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("master.key");
    std::fs::write(&key, "secret").unwrap();
    let name = key.display().to_string();
    (dir, name)
}

#[tokio::test]
async fn files_that_are_no_libraries() {
    let (_dir, key) = key();
    let attempts = [
        "open(KEY, O_RDONLY)",
        "open(\"/etc/passwd\", O_RDONLY)",
        "open(\"/tmp\", O_RDONLY | O_DIRECTORY)",
        "unlink(KEY)",
        "rename(KEY, KEY \".old\")",
        "truncate(KEY, 0)",
        "mkdir(KEY \".d\", 0700)",
        "mknod(KEY \".pipe\", S_IFIFO | 0600, 0)",
    ];
    assert_refused(&key, "", &attempts).await;
    assert_eq!(std::fs::read(&key).unwrap(), b"secret");
}

#[tokio::test]
async fn other_processes() {
    let prepared = "char byte; struct iovec here = { &byte, 1 }, there = { (void *)h, 1 };
        struct rlimit limits = { 0, 0 };";
    let attempts = [
        "open(OF_PARENT(\"mem\"), O_RDONLY)",
        "open(OF_PARENT(\"environ\"), O_RDONLY)",
        "open(OF_PARENT(\"maps\"), O_RDONLY)",
        "process_vm_readv(PARENT, &here, 1, &there, 1, 0)",
        "process_vm_writev(PARENT, &here, 1, &there, 1, 0)",
        "ptrace(PTRACE_ATTACH, PARENT, 0, 0)",
        "syscall(SYS_pidfd_open, PARENT, 0)",
        "kill(PARENT, 0)",
        "kill(-1, 0)",
        "syscall(SYS_tgkill, PARENT, PARENT, 0)",
        "fcntl(1, F_SETOWN, PARENT)",
        "prlimit(PARENT, RLIMIT_NOFILE, &limits, 0)",
        "setpriority(PRIO_PROCESS, PARENT, 19)",
        "shmget(IPC_PRIVATE, 1, IPC_CREAT | 0600)",
    ];
    assert_refused("", prepared, &attempts).await;
}

#[tokio::test]
async fn programs_and_processes_of_its_own() {
    let attempts = [
        "execl(\"/bin/sh\", \"sh\", \"-c\", \"exit\", (char *)0)",
        "fork()",
        "vfork()",
        "setsid()",
        "prctl(PR_SET_PDEATHSIG, 0)",
        "prctl(PR_SET_DUMPABLE, 1)",
        "prctl(PR_SET_PTRACER, -1)",
        "prctl(PR_SET_CHILD_SUBREAPER, 1)",
        "prctl(PR_SET_SECUREBITS, 0)",
        "prctl(PR_SET_SECCOMP, 1)",
        "prctl(PR_SET_MM, 1, 0, 0, 0)",
        "prctl(PR_SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0)",
    ];
    assert_refused("", "", &attempts).await;
}

#[tokio::test]
async fn namespaces_mounts_and_the_kernel() {
    let attempts = [
        "syscall(SYS_unshare, 0x10000000)",
        "syscall(SYS_setns, 0, 0)",
        "mount(\"none\", \"/tmp\", \"tmpfs\", 0, 0)",
        "umount(\"/tmp\")",
        "chroot(\"/tmp\")",
        "syscall(SYS_bpf, 0, 0, 0)",
        "syscall(SYS_perf_event_open, 0, 0, -1, -1, 0)",
        "syscall(SYS_userfaultfd, 0)",
        "syscall(SYS_io_uring_setup, 1, 0)",
        "syscall(SYS_keyctl, 0, 0, 0, 0, 0)",
        "syscall(0x40000000 | SYS_socket, AF_INET, SOCK_STREAM, 0)",
    ];
    assert_refused("", "", &attempts).await;
}

/// Nor is there a socket that a datagram could leave by.
#[tokio::test]
async fn networks() {
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    let prepared = format!(
        "struct sockaddr_in there = {{ AF_INET, htons({}), {{ htonl(INADDR_LOOPBACK) }} }};",
        there.local_addr().unwrap().port()
    );
    let attempts = [
        "socket(AF_INET, SOCK_STREAM, 0)",
        "socket(AF_INET, SOCK_DGRAM, 0)",
        "socket(AF_INET6, SOCK_DGRAM, 0)",
        "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)",
        "socket(AF_UNIX, SOCK_STREAM, 0)",
        "socket(AF_NETLINK, SOCK_RAW, 0)",
        "socket(AF_PACKET, SOCK_RAW, 0)",
        "socketpair(AF_UNIX, SOCK_DGRAM, 0, (int[2]){ 0 })",
        "connect(1, (struct sockaddr *)&there, sizeof there)",
        "bind(1, (struct sockaddr *)&there, sizeof there)",
        "listen(1, 1)",
        "accept(1, 0, 0)",
        "sendmsg(1, 0, 0)",
    ];
    assert_refused("", &prepared, &attempts).await;
}

/// Computing with threads, signals and timers of its own.
#[tokio::test]
async fn it_may_compute_as_it_likes() {
    let plugin = c(r#"
      #include <errno.h>
      #include <fcntl.h>
      #include <sys/prctl.h>
      #include <pthread.h>
      #include <signal.h>
      #include <sys/mman.h>
      #include <sys/time.h>
      #include <time.h>
      static volatile int rang;
      static void ring(int signal) { rang = signal; }
      static void *other(void *sum) { *(int *)sum += 1; return sum; }
      int32_t lds_call(const struct lds_host *h, uint32_t op, uint32_t len) {
        pthread_t thread; int sum = 1; struct timespec now, moment = { 0, 1000000 };
        if (pthread_create(&thread, 0, other, &sum) || pthread_join(thread, 0) || sum != 2) return 10;
        signal(SIGUSR1, ring);
        if (raise(SIGUSR1) || rang != SIGUSR1 || kill(getpid(), 0)) return 11;
        signal(SIGALRM, ring);
        struct itimerval soon = { { 0, 0 }, { 0, 1000 } };
        if (setitimer(ITIMER_REAL, &soon, 0)) return 12;
        while (rang != SIGALRM) pause();
        if (clock_gettime(CLOCK_REALTIME, &now) || nanosleep(&moment, 0)) return 13;
        void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED || munmap(page, 4096)) return 14;
        int file = open("/dev/urandom", O_RDONLY); char byte;
        if (file < 0 || read(file, &byte, 1) != 1 || fcntl(file, F_GETFD) < 0 || close(file)) return 15;
        if (isatty(1) || fflush(stdout)) return 16;
        char name[16]; errno = 0;
        if (prctl(PR_SET_NAME, "computes") || prctl(PR_GET_NAME, name) || strcmp(name, "computes")) return 17;
        if (prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, 0, 0, "x") && errno == ENOSYS) return 18;
        return 0; }"#);
    let outcome = call(&plugin, b"").await;
    assert_eq!(outcome.status, CallStatus::Ok, "{outcome:?}");
}
