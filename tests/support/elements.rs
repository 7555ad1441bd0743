//! Parts of an XML document, to compare what was read with what was stored.

/// The names and texts of all elements that hold no others.
pub(crate) fn leaves(text: &str) -> Vec<(String, String)> {
    let document = roxmltree::Document::parse(text).expect("well-formed XML");
    let leaves = document.descendants().filter(|node| {
        node.is_element() && !node.has_children()
            || node.first_child().is_some_and(|child| child.is_text())
    });
    leaves
        .map(|node| {
            (
                node.tag_name().name().to_owned(),
                node.text().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

/// The content of the first element of this name, as it was written.
pub(crate) fn inner(text: &str, name: &str) -> String {
    let document = roxmltree::Document::parse(text).expect("well-formed XML");
    let node = document
        .descendants()
        .find(|node| node.tag_name().name() == name)
        .expect("the element");
    let (first, last) = (
        node.first_child().expect("content"),
        node.last_child().expect("content"),
    );
    text[first.range().start..last.range().end].to_owned()
}
