//! The table of roles in `docs/configure.md`.

use lds_domain::access::{Access, Permission, Role};

use super::{quoted, read, rows, section};

/// What the rows are about, with the words for each permission, the weaker one first.
const ROWS: [&[(&str, Permission)]; 15] = [
    &[
        ("read", Permission::ReadUsers),
        ("write", Permission::WriteUsers),
    ],
    &[
        ("read", Permission::ReadCustomers),
        ("write", Permission::WriteCustomers),
    ],
    &[("yes", Permission::EraseCustomers)],
    &[
        ("read", Permission::ReadProducts),
        ("write", Permission::WriteProducts),
    ],
    &[
        ("read", Permission::ReadOrders),
        ("write", Permission::WriteOrders),
    ],
    &[("yes", Permission::SeeOrderIds)],
    &[("read", Permission::ReadLicenses)],
    &[("yes", Permission::PreviewLicenses)],
    &[("yes", Permission::HandleLicenses)],
    &[("yes", Permission::IssueLicenses)],
    &[("yes", Permission::WriteTexts)],
    &[("read", Permission::ReadGenerators)],
    &[("yes", Permission::RunGenerators)],
    &[("read", Permission::ReadAudit)],
    &[("read", Permission::ReadEvents)],
];

/// The strongest word that a role deserves.
fn word(role: Role, words: &[(&'static str, Permission)]) -> &'static str {
    let access = Access::of_roles(&[role]);
    let mut deserved = words
        .iter()
        .filter(|(_, permission)| access.allows(*permission));
    deserved.next_back().map_or("", |(word, _)| word)
}

#[test]
fn the_table_of_roles_is_what_the_server_allows() {
    let page = read("docs/configure.md");
    let section = section(&page, "## Roles and scopes");
    let names: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
    let head = section.lines().find(|line| line.starts_with('|'));
    assert_eq!(quoted(head.expect("a table")), names);
    let table = rows(section);
    assert_eq!(table.len(), ROWS.len());
    for (row, words) in table.iter().zip(ROWS) {
        let allowed: Vec<_> = Role::ALL.iter().map(|role| word(*role, words)).collect();
        assert_eq!(row[1..], allowed, "{}", row[0]);
    }
    let told = ROWS.iter().map(|words| words.len()).sum::<usize>();
    // Everyone's own is no row.
    assert_eq!(told + 1, Permission::ALL.len());
}
