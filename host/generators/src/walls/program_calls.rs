//! Which system calls a program may make: all that there are but those that reach networks, other
//! processes, other namespaces or the kernel's own doors, and those by which it would leave the group
//! in which it ends. What kernels to come bring does not exist for it.
//!
//! Runtimes of many languages need many calls, so that what is refused is listed, not what is
//! allowed.

use std::collections::{BTreeMap, BTreeSet};

use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, Error, SeccompAction, SeccompCmpOp, SeccompFilter, SeccompRule,
};

use super::calls::{number, rule};

/// The newest call of this table, `mseal` of Linux 6.10; on all architectures the same number.
const NEWEST: c_long = 462;

/// What is refused.
const REFUSED: &[c_long] = &[
    // Networks, and the services behind local sockets.
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_bind,
    libc::SYS_connect,
    libc::SYS_listen,
    libc::SYS_socket,
    // Memory and messages that other processes find by a name.
    libc::SYS_mq_open,
    libc::SYS_mq_unlink,
    libc::SYS_msgctl,
    libc::SYS_msgget,
    libc::SYS_msgrcv,
    libc::SYS_msgsnd,
    libc::SYS_semctl,
    libc::SYS_semget,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_shmat,
    libc::SYS_shmctl,
    libc::SYS_shmget,
    // Other processes.
    libc::SYS_kcmp,
    libc::SYS_migrate_pages,
    libc::SYS_move_pages,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_process_madvise,
    libc::SYS_process_mrelease,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_setpriority,
    // The group in which it is ended.
    libc::SYS_setpgid,
    libc::SYS_setsid,
    // Namespaces and mounts; flags that no filter sees.
    libc::SYS_chroot,
    libc::SYS_clone3,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_pivot_root,
    libc::SYS_setns,
    libc::SYS_umount2,
    libc::SYS_unshare,
    // The kernel.
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_delete_module,
    libc::SYS_fanotify_init,
    libc::SYS_finit_module,
    libc::SYS_init_module,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_personality,
    libc::SYS_quotactl,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_userfaultfd,
    libc::SYS_vhangup,
];

/// Namespaces that a new process could have to itself.
const NEW_NAMESPACES: libc::c_int = libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWUTS;

/// Closes this process in, and what it becomes and starts; there is no way back.
pub(super) fn close_in() -> Result<(), Error> {
    seccompiler::apply_filter(&filter()?)
}

fn filter() -> Result<BpfProgram, BackendError> {
    let refused: BTreeSet<_> = REFUSED.iter().copied().collect();
    let always = (0..=NEWEST).filter(|call| !refused.contains(call));
    let rules: BTreeMap<_, _> = always
        .map(|call| (call, Vec::new()))
        .chain(looked_at()?)
        .collect();
    // As of a kernel that has no such call: runtimes know what to do then.
    let refused = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let architecture = std::env::consts::ARCH.try_into()?;
    SeccompFilter::new(rules, refused, SeccompAction::Allow, architecture)?.try_into()
}

/// Calls whose arguments tell whether they are harmless.
fn looked_at() -> Result<[(c_long, Vec<SeccompRule>); 3], BackendError> {
    let none = SeccompCmpOp::MaskedEq(number(NEW_NAMESPACES));
    Ok([
        (libc::SYS_clone, rule(0, none, 0)?),
        (libc::SYS_prlimit64, rule(0, SeccompCmpOp::Eq, 0)?),
        // A program dies with its server.
        (
            libc::SYS_prctl,
            rule(0, SeccompCmpOp::Ne, number(libc::PR_SET_PDEATHSIG))?,
        ),
    ])
}
