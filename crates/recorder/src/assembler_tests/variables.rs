//! What assignments came to, told as scripts: `assigned f 1 40 5` says that assignment 1 of the newest call of f gave 5, behind
//! 40 values that are not known.

use super::*;

#[test]
fn assignments_are_of_the_call_that_they_name_wherever_it_is() {
    let tree = trace(
        "1 enter main; assigned main 0 0 0; 2 enter f; 3 assigned f 0 0 hello; 4 assigned main 0 0 5;
         5 suspend f; 6 assigned main 0 40 99; 7 resume f; 8 assigned f 0 0 7; 9 return f 1; 10 return main",
    );
    assert_eq!(
        tree,
        "#1 main? returned at 1 for 9, self 4, variables [[2,\"sum\",0],[2,\"sum\",5],[2,\"sum\",99,40]]\n  \
         #2 f? → 1 returned at 2 for 7, self 5, wait 2, trace #1, variables [[2,\"sum\",\"hello\"],[2,\"sum\",7]]\n"
    );
}

#[test]
fn what_a_name_makes_a_secret_is_none_to_read_and_numbers_that_no_function_has_are_nothing() {
    let tree = trace(
        "1 enter f; assigned f 1 0 hunter2; assigned f 1 0 1234; assigned f 9 0 5; 2 return f 1",
    );
    assert!(tree.contains("this.password"), "{tree}");
    for secret in ["hunter2", "1234", ",5]"] {
        assert!(!tree.contains(secret), "{tree}");
    }
}

#[test]
fn those_of_calls_that_nobody_knows_are_counted_as_such() {
    let mut told = Script::default();
    for line in ["1 enter f", "assigned f.77 0 0 5", "return f 1"] {
        told.line(line);
    }
    let assembler = fed(&told);
    assert_eq!(assembler.tally.unknown, 1);
}
