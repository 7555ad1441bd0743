//! No name in a WSDL is a word that a programmer can not write as it is.

use std::collections::BTreeSet;

use super::tree::{Node, WSDL, XS};
use crate::operation::Service;
use crate::{Version, wsdl};

/// Words that a language keeps for itself wherever they stand. Those that it knows in some places
/// only (`async` in C#, `data` in Kotlin, `type` in Python) are names elsewhere.
struct Language {
    name: &'static str,
    reserved: &'static str,
    /// Names in spite of it, since what generators of stubs write for them compiles.
    written_otherwise: &'static [&'static str],
}

const LANGUAGES: [Language; 14] = [
    // C17, with what C23 adds; there is no other way to write a name.
    Language {
        name: "C",
        reserved: "alignas alignof auto bool break case char const constexpr continue default do \
            double else enum extern false float for goto if inline int long nullptr register \
            restrict return short signed sizeof static static_assert struct switch thread_local \
            true typedef typeof typeof_unqual union unsigned void volatile while",
        written_otherwise: &[],
    },
    // C++20; no other way. `override` and `final` are names but after a declarator.
    Language {
        name: "C++",
        reserved: "alignas alignof and and_eq asm auto bitand bitor bool break case catch char \
            char8_t char16_t char32_t class co_await co_return co_yield compl concept const \
            const_cast consteval constexpr constinit continue decltype default delete do double \
            dynamic_cast else enum explicit export extern false float for friend goto if inline \
            int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private \
            protected public register reinterpret_cast requires return short signed sizeof static \
            static_assert static_cast struct switch template this thread_local throw true try \
            typedef typeid typename union unsigned using virtual void volatile wchar_t while xor \
            xor_eq",
        written_otherwise: &[],
    },
    // C# 12; a name may be written with @ before it, and wsdl, svcutil and dotnet-svcutil do.
    Language {
        name: "C#",
        reserved: "abstract as base bool break byte case catch char checked class const continue \
            decimal default delegate do double else enum event explicit extern false finally \
            fixed float for foreach goto if implicit in int interface internal is lock long \
            namespace new null object operator out override params private protected public \
            readonly ref return sbyte sealed short sizeof stackalloc static string struct switch \
            this throw true try typeof uint ulong unchecked unsafe ushort using virtual void \
            volatile while",
        written_otherwise: &["event", "override"],
    },
    // Java 21; no other way, and what each generator makes of a reserved word is its own.
    Language {
        name: "Java",
        reserved: "abstract assert boolean break byte case catch char class const continue default \
            do double else enum extends false final finally float for goto if implements import \
            instanceof int interface long native new null package private protected public return \
            short static strictfp super switch synchronized this throw throws transient true try \
            void volatile while",
        written_otherwise: &[],
    },
    // ECMAScript 2023, in strict mode.
    Language {
        name: "JavaScript",
        reserved: "arguments await break case catch class const continue debugger default delete do \
            else enum eval export extends false finally for function if implements import in \
            instanceof interface let new null package private protected public return static super \
            switch this throw true try typeof var void while with yield",
        written_otherwise: &[],
    },
    // Python 3.12; zeep and suds take members as keyword arguments, which a keyword can not be.
    Language {
        name: "Python",
        reserved: "false none true and as assert async await break class continue def del elif else \
            except finally for from global if import in is lambda nonlocal not or pass raise \
            return try while with yield",
        written_otherwise: &[],
    },
    // PHP 8.3; `match` can be no class, but a member, which is all that it is here.
    Language {
        name: "PHP",
        reserved: "abstract and array as bool break callable case catch class clone const continue \
            declare default die do echo else elseif empty enddeclare endfor endforeach endif \
            endswitch endwhile eval exit extends false final finally float fn for foreach function \
            global goto if implements include include_once instanceof insteadof int interface isset \
            iterable list match mixed namespace never new null object or parent print private \
            protected public readonly require require_once return self static string switch throw \
            trait true try unset use var void while xor yield",
        written_otherwise: &["match"],
    },
    // Perl 5.38, as far as a word is syntax and no function.
    Language {
        name: "Perl",
        reserved: "and cmp continue default do else elsif eq eval for foreach ge given goto gt if \
            last le local lt my ne next no not or our package q qq qr qw qx redo require return s \
            sub tr unless until use when while x xor y",
        written_otherwise: &[],
    },
    // Ruby 3.3.
    Language {
        name: "Ruby",
        reserved: "alias and begin break case class def defined do else elsif end ensure false for \
            if in module next nil not or redo rescue retry return self super then true undef unless \
            until when while yield",
        written_otherwise: &[],
    },
    // Go 1.22; reserved in small letters alone, and members of stubs begin with a capital.
    Language {
        name: "Go",
        reserved: "break case chan const continue default defer else fallthrough for func go goto \
            if import interface map package range return select struct switch type var",
        written_otherwise: &["type"],
    },
    // Visual Basic .NET, in any case; a name may be written in brackets, and stubs have it so.
    Language {
        name: "VB.NET",
        reserved: "addhandler addressof alias and andalso as boolean byref byte byval call case \
            catch cbool cbyte cchar cdate cdbl cdec char cint class clng cobj const continue csbyte \
            cshort csng cstr ctype cuint culng cushort date decimal declare default delegate dim \
            directcast do double each else elseif end endif enum erase error event exit false \
            finally for friend function get gettype getxmlnamespace global gosub goto handles if \
            implements imports in inherits integer interface is isnot let lib like long loop me mod \
            module mustinherit mustoverride mybase myclass nameof namespace narrowing new next not \
            nothing notinheritable notoverridable object of on operator option optional or orelse \
            out overloads overridable overrides paramarray partial private property protected \
            public raiseevent readonly redim rem removehandler resume return sbyte select set \
            shadows shared short single static step stop string structure sub synclock then throw \
            to true try trycast typeof uinteger ulong ushort using variant wend when while widening \
            with withevents writeonly xor",
        written_otherwise: &["date", "event"],
    },
    // Kotlin 2, hard keywords; a name may be written in back quotes.
    Language {
        name: "Kotlin",
        reserved: "as break class continue do else false for fun if in interface is null object \
            package return super this throw true try typealias typeof val var when while",
        written_otherwise: &[],
    },
    // Swift 5; a name may be written in back quotes.
    Language {
        name: "Swift",
        reserved: "any as associatedtype break case catch class continue default defer deinit do \
            else enum extension fallthrough false fileprivate for func guard if import in init \
            inout internal is let nil open operator precedencegroup private protocol public \
            repeat rethrows return self static struct subscript super switch throw throws true try \
            typealias var where while",
        written_otherwise: &[],
    },
    // Rust 2024, what is kept for later included; a name may be written with r# before it.
    Language {
        name: "Rust",
        reserved: "abstract as async await become box break const continue crate do dyn else enum \
            extern false final fn for gen if impl in let loop macro match mod move mut override \
            priv pub ref return self static struct super trait true try type typeof unsafe unsized \
            use virtual where while yield",
        written_otherwise: &["match", "override", "type"],
    },
];

/// The names of elements, types and operations, in small letters: some languages know no case.
fn names(service: Service) -> BTreeSet<String> {
    let wsdl = Node::parse(wsdl::document(service, Version::Soap11));
    let is_name = |node: &&Node| {
        let is_type = node.is(XS, "complexType") || node.is(XS, "simpleType");
        node.is(XS, "element") || is_type || node.is(WSDL, "operation")
    };
    let all = wsdl.all();
    let named = all.iter().copied().filter(is_name);
    named.map(|node| node.label().to_lowercase()).collect()
}

fn all_names() -> BTreeSet<String> {
    // That of FlexNet Operations is given, but keeps the rule as well.
    [
        Service::LicenseDistribution,
        Service::Activation,
        Service::Generator,
    ]
    .into_iter()
    .flat_map(names)
    .collect()
}

#[test]
fn no_name_is_reserved_in_a_language_of_clients() {
    let names = all_names();
    for language in LANGUAGES {
        let is_refused =
            |word: &&str| names.contains(*word) && !language.written_otherwise.contains(word);
        let found: Vec<_> = language.reserved.split(' ').filter(is_refused).collect();
        assert_eq!(found, [""; 0], "{}", language.name);
    }
}

#[test]
fn what_is_let_pass_is_there_and_reserved() {
    let names = all_names();
    for language in LANGUAGES {
        for word in language.written_otherwise {
            let is_reserved = language
                .reserved
                .split(' ')
                .any(|reserved| reserved == *word);
            assert!(
                is_reserved && names.contains(*word),
                "{word}, {}",
                language.name
            );
        }
    }
}
