//! Operations and statuses: the numbers that cross the boundary, and their stable names.

macro_rules! numbers {
    ($(#[$doc:meta])* $name:ident: $repr:ty { $($(#[$vdoc:meta])* $variant:ident = $number:literal $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant = $number),+ }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The number that crosses the boundary.
            pub const fn number(self) -> $repr {
                self as $repr
            }

            /// Reads the number.
            pub const fn from_number(number: $repr) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads the name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

numbers! {
    /// What a generator is asked to do.
    Op: u32 {
        /// Tell what it is.
        Describe = 1 "DESCRIBE",
        /// Write a license.
        Generate = 2 "GENERATE",
        /// Check a product or order.
        Validate = 3 "VALIDATE",
        /// Compare files with a request, by meaning.
        Verify = 4 "VERIFY",
        /// Tell what files grant.
        Read = 5 "READ",
        /// Compose a host id.
        Host = 6 "HOST",
        /// Test itself.
        SelfTest = 8 "SELFTEST",
    }
}

numbers! {
    /// What a generator returns.
    Status: i32 {
        /// Done; the output is the operation's document.
        Ok = 0 "OK",
        /// The vendor's no, shown to the user.
        Rejected = 1 "REJECTED",
        /// The input was not understood.
        Input = 2 "INPUT",
        /// Own failure.
        Internal = 3 "INTERNAL",
        /// Unknown operation.
        Unsupported = 4 "UNSUPPORTED",
    }
}

numbers! {
    /// Level of a log line.
    Level: u32 {
        /// Something failed.
        Error = 1 "ERROR",
        /// Something is odd.
        Warn = 2 "WARN",
        /// Worth knowing.
        Info = 3 "INFO",
        /// For the author.
        Debug = 4 "DEBUG",
    }
}
