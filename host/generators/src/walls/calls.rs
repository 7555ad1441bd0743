//! Which system calls a native library may make: those of computing, of reading what it may open,
//! of threads of its own. What is not listed does not exist for it: sockets, processes, other
//! processes' memory, namespaces, mounts, tracing, and whatever kernels to come bring.
//!
//! Where a call can reach another process, its arguments are looked at.

use std::collections::BTreeMap;
use std::path::Path;

use libc::{c_int, c_long};
use seccompiler::{
    BackendError, BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp,
    SeccompCondition, SeccompFilter, SeccompRule,
};

/// Told by the kernel where it can filter calls.
const ACTIONS: &str = "/proc/sys/kernel/seccomp/actions_avail";

/// Calls that are harmless whatever their arguments. The only socket is the one to the server.
const ALLOWED: &[c_long] = &[
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mincore,
    libc::SYS_mlock,
    libc::SYS_mlock2,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munlock,
    libc::SYS_munmap,
    // Files; which ones is not decided here.
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_fstat,
    libc::SYS_fstatfs,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_lseek,
    libc::SYS_newfstatat,
    libc::SYS_openat,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_read,
    libc::SYS_readlinkat,
    libc::SYS_readv,
    libc::SYS_statfs,
    libc::SYS_statx,
    // What it prints, and its end of the link.
    libc::SYS_recvfrom,
    libc::SYS_sendto,
    libc::SYS_write,
    libc::SYS_writev,
    // Waiting.
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_eventfd2,
    libc::SYS_futex,
    libc::SYS_pipe2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
    // Time.
    libc::SYS_clock_getres,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_getitimer,
    libc::SYS_gettimeofday,
    libc::SYS_nanosleep,
    libc::SYS_setitimer,
    libc::SYS_timer_create,
    libc::SYS_timer_delete,
    libc::SYS_timer_getoverrun,
    libc::SYS_timer_gettime,
    libc::SYS_timer_settime,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_gettime,
    libc::SYS_timerfd_settime,
    libc::SYS_times,
    // Its own threads and signals.
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_getcpu,
    libc::SYS_gettid,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_sched_getaffinity,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    // What it is and where.
    libc::SYS_getegid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_getrandom,
    libc::SYS_getresgid,
    libc::SYS_getresuid,
    libc::SYS_getrusage,
    libc::SYS_getuid,
    libc::SYS_sysinfo,
    libc::SYS_uname,
];

/// Older names of the same, which newer architectures have not.
#[cfg(target_arch = "x86_64")]
const ALLOWED_TOO: &[c_long] = &[
    libc::SYS_access,
    libc::SYS_alarm,
    libc::SYS_arch_prctl,
    libc::SYS_dup2,
    libc::SYS_epoll_wait,
    libc::SYS_getrlimit,
    libc::SYS_lstat,
    libc::SYS_open,
    libc::SYS_pause,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_readlink,
    libc::SYS_select,
    libc::SYS_stat,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_TOO: &[c_long] = &[];

/// Whether the kernel can filter calls.
pub(super) fn can_stand() -> bool {
    Path::new(ACTIONS).exists()
}

/// Closes this thread, and those that it starts, in; there is no way back.
pub(super) fn close_in() -> Result<(), Error> {
    seccompiler::apply_filter(&filter()?)
}

fn filter() -> Result<BpfProgram, BackendError> {
    let always = ALLOWED.iter().chain(ALLOWED_TOO);
    let rules: BTreeMap<_, _> = always
        .map(|call| (*call, Vec::new()))
        .chain(looked_at()?)
        .collect();
    // As of a kernel that has no such call: libraries know what to do then.
    let refused = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, refused, SeccompAction::Allow, architecture)?.try_into()
}

/// Calls whose arguments tell whether they reach another process.
fn looked_at() -> Result<Vec<(c_long, Vec<SeccompRule>)>, BackendError> {
    let itself = u64::from(std::process::id());
    let thread = libc::CLONE_THREAD;
    let not = |value| when(1, SeccompCmpOp::Ne, value);
    let signals = [libc::F_SETOWN, F_SETSIG, F_SETOWN_EX];
    let signals = signals.map(number).map(not).into_iter();
    let no_signals = signals.collect::<Result<Vec<_>, _>>()?;
    Ok(vec![
        (libc::SYS_kill, rule(0, SeccompCmpOp::Eq, itself)?),
        (libc::SYS_tgkill, rule(0, SeccompCmpOp::Eq, itself)?),
        (libc::SYS_prlimit64, rule(0, SeccompCmpOp::Eq, 0)?),
        (
            libc::SYS_clone,
            rule(0, SeccompCmpOp::MaskedEq(number(thread)), number(thread))?,
        ),
        (libc::SYS_prctl, named()?),
        (libc::SYS_fcntl, vec![SeccompRule::new(no_signals)?]),
        // Whether it prints to a terminal, which it does not.
        (libc::SYS_ioctl, rule(1, SeccompCmpOp::Eq, libc::TCGETS)?),
    ])
}

/// Names for threads and for memory are all that a library may set of its process: a worker dies
/// with its server, and gains no rights. That it may see.
fn named() -> Result<Vec<SeccompRule>, BackendError> {
    let options = [
        libc::PR_SET_NAME,
        libc::PR_GET_NAME,
        PR_SET_VMA,
        libc::PR_GET_PDEATHSIG,
        libc::PR_GET_NO_NEW_PRIVS,
    ];
    let rules = options.map(|option| rule(0, SeccompCmpOp::Eq, number(option)));
    let rules = rules.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(rules.concat())
}

// Not in every C library's list of names.
const PR_SET_VMA: c_int = 0x5356_4d41;
const F_SETSIG: c_int = 10;
const F_SETOWN_EX: c_int = 15;

pub(super) fn rule(
    index: u8,
    is: SeccompCmpOp,
    value: u64,
) -> Result<Vec<SeccompRule>, BackendError> {
    Ok(vec![SeccompRule::new(vec![when(index, is, value)?])?])
}

fn when(index: u8, is: SeccompCmpOp, value: u64) -> Result<SeccompCondition, BackendError> {
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, is, value)
}

/// As the filter sees it: the lower half of a register.
pub(super) fn number(value: c_int) -> u64 {
    u64::from(value.cast_unsigned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_is_listed_twice() {
        let looked_at = looked_at().unwrap();
        let always = ALLOWED.iter().chain(ALLOWED_TOO).copied();
        let mut all: Vec<_> = always
            .chain(looked_at.iter().map(|(call, _)| *call))
            .collect();
        let listed = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), listed);
    }
}
