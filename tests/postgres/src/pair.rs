//! A primary and a synchronous standby behind one address. It must not know who uses them.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Child;

use crate::node::Node;
use crate::{keeper, new_directory};

/// Nothing is acknowledged that is not on both; a promoted node as well waits for a standby.
const OPTIONS: &str = "-c fsync=off -c synchronous_standby_names='*'";

/// The pair. Its address is a link to the directory of the node that answers.
pub struct Pair {
    /// Of a database at the address.
    pub url: String,
    directory: PathBuf,
    primary: Node,
    standby: Node,
    made: usize,
    /// Stops all servers when this is dropped.
    _keeper: Child,
}

impl Pair {
    /// A running pair with a new, empty database.
    ///
    /// # Panics
    /// As [`crate::new_database`]; so do all others here.
    #[must_use]
    pub fn start() -> Self {
        let directory = new_directory();
        let keeper = keeper(&directory);
        let (primary, standby) = (
            Node::new(directory.join("0")),
            Node::new(directory.join("1")),
        );
        primary.init();
        primary.start(OPTIONS);
        standby.copy(&primary);
        standby.start(OPTIONS);
        let url = primary.new_database();
        let (server, address) = (primary.directory().display(), directory.join("address"));
        let pair = Self {
            url: url.replace(&server.to_string(), &address.display().to_string()),
            directory,
            primary,
            standby,
            made: 2,
            _keeper: keeper,
        };
        pair.lead_to(&pair.primary);
        pair
    }

    /// The primary is killed, and the address leads to the standby, which can only be read.
    pub fn lose_primary(&self) {
        self.primary.kill();
        self.lead_to(&self.standby);
    }

    /// The standby is the primary now. It acknowledges no write until there is [another
    /// standby](Self::add_standby).
    pub fn promote(&self) {
        self.standby.promote();
    }

    /// Makes a new standby after a promotion.
    pub fn add_standby(&mut self) {
        let new = Node::new(self.directory.join(self.made.to_string()));
        self.made += 1;
        self.primary = std::mem::replace(&mut self.standby, new);
        self.standby.copy(&self.primary);
        self.standby.start(OPTIONS);
    }

    /// The standby fails.
    pub fn stop_standby(&self) {
        self.standby.kill();
    }

    /// The standby is there again.
    pub fn restart_standby(&self) {
        self.standby.start(OPTIONS);
    }

    /// In one step: the address always leads to a node.
    fn lead_to(&self, node: &Node) {
        let next = self.directory.join("next");
        symlink(node.directory(), &next).expect("a link");
        std::fs::rename(next, self.directory.join("address")).expect("another link");
    }
}
