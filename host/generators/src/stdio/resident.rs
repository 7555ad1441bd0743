//! How much memory a program has, all its processes together.
//!
//! The kernel limits what a process may map, which for languages with a
//! collector says little: so what is resident is looked at again and again.

use std::fs;
use std::time::Duration;

use crate::apart::Failure;
use crate::status::CallStatus;

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Processes that are counted; more have not enough memory to do harm.
const MOST_PROCESSES: usize = 256;

/// Ends, if it does, with the failure of a program that has more than `limit` bytes.
pub(super) async fn excess(pid: u32, limit: usize) -> Failure {
    loop {
        tokio::time::sleep(LOOK).await;
        if resident(pid) > limit as u64 {
            return Failure::new(CallStatus::Memory, "the memory limit was reached");
        }
    }
}

/// Resident bytes of a process and of those that it has started.
pub(super) fn resident(pid: u32) -> u64 {
    let mut family = vec![pid];
    let mut at = 0;
    while at < family.len() && family.len() < MOST_PROCESSES {
        family.extend(children(family[at]));
        at += 1;
    }
    family.into_iter().filter_map(pages).sum::<u64>() * rustix::param::page_size() as u64
}

/// The second number of `statm`; none of a process that has ended.
fn pages(pid: u32) -> Option<u64> {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    statm.split(' ').nth(1)?.parse().ok()
}

fn children(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    let threads = threads.into_iter().flatten().flatten();
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| numbers(&list)).collect()
}

fn numbers(list: &str) -> Vec<u32> {
    let words = list.split_ascii_whitespace();
    words.filter_map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::{children, resident};

    #[test]
    fn children_are_counted_with_their_parents() {
        let mut child = Command::new("/bin/sh")
            .args(["-c", "echo started; read line"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let own = std::process::id();
        assert!(children(own).contains(&child.id()));
        assert!(resident(child.id()) > 0);
        assert!(resident(own) > resident(child.id()));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(resident(child.id()), 0);
    }
}
