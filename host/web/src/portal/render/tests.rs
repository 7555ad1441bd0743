//! Every template with the data that seldom comes up.

use super::super::form::Fields;
use super::super::need::Input;
use super::super::view::HostPage;
use super::*;
use lds_domain::generator::{Definition, Value, ValueType};

fn pages(support: Option<&str>) -> Pages {
    Pages::new(Brand {
        name: "Brightwell".to_owned(),
        support: support.map(str::to_owned),
    })
}

fn definition(value_type: ValueType, default: Option<Value>, choices: &[&str]) -> Definition {
    Definition {
        name: value_type.to_string(),
        value_type,
        label: None,
        help: Some("Help.".to_owned()),
        required: true,
        default,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        min: None,
        max: None,
        pattern: None,
    }
}

fn host_page(fields: &Fields) -> HostPage {
    let definitions = [
        definition(ValueType::Text, None, &["a", "b"]),
        definition(ValueType::Int, Some(Value::Int(7)), &[]),
        definition(ValueType::Bool, Some(Value::Bool(true)), &[]),
        definition(ValueType::Date, None, &[]),
        definition(
            ValueType::List,
            Some(Value::List(vec!["x".into(), "y".into()])),
            &[],
        ),
    ];
    HostPage {
        order_id: "K".to_owned(),
        product: "P".to_owned(),
        licensee: Some("L".to_owned()),
        left: None,
        removal_requested: true,
        note: None,
        groups: Vec::new(),
        any_of: Some(1),
        parameters: definitions.iter().map(|d| Input::of(d, fields)).collect(),
        has_address: true,
    }
}

#[test]
fn every_template_can_be_read() {
    let pages = pages(None);
    for (name, _) in TEMPLATES {
        assert!(pages.templates.get_template(name).is_ok(), "{name}");
    }
}

#[test]
fn every_kind_of_parameter_has_its_input() {
    let text = pages(None)
        .render("host.html", &host_page(&Fields::default()))
        .unwrap();
    for part in [
        "<option value=\"b\">b</option>",
        "id=\"parameter.int\" name=\"parameter.int\" aria-describedby=\"parameter.int-help\" value=\"7\"",
        "<option value=\"true\" selected>Yes</option>",
        "type=\"date\" id=\"parameter.date\" name=\"parameter.date\" required",
        ">\nx\ny</textarea>",
        "asks you to remove a license",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    assert!(!text.contains("mailto:"));
}

#[test]
fn what_was_typed_wins_over_a_default() {
    let typed = [
        ("parameter.int", ""),
        ("parameter.bool", "false"),
        ("parameter.text", "b"),
    ];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let fields = Fields::new(typed.map(own).to_vec());
    let text = pages(Some("help@example.org"))
        .render("host.html", &host_page(&fields))
        .unwrap();
    assert!(
        text.contains("name=\"parameter.int\" aria-describedby=\"parameter.int-help\" value=\"\"")
    );
    assert!(text.contains("<option value=\"false\" selected>No</option>"));
    assert!(text.contains("<option value=\"b\" selected>b</option>"));
    assert!(text.contains("mailto:help@example.org"));
}

#[test]
fn a_value_that_nobody_gave_is_an_error() {
    assert!(pages(None).render("problem.html", &()).is_err());
    let answer = pages(None).show(StatusCode::OK, "problem.html", &());
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
