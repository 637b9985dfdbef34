//! Which lines ran, told as scripts: `lines f 0x1 1x40` says that block 0 of the newest call of f ran once, block 1 40 times.

use super::*;

#[test]
fn lines_are_of_the_call_that_they_name_wherever_it_is() {
    // Told of late, while others run, while it waits, and twice; of a call that nobody knows, too.
    let tree = trace(
        "1 enter main; 2 lines main 0x1 1x3; 3 enter f; 4 lines main 1x2 2x1; 5 lines f 0x1;
         6 suspend f; 7 lines f 1x1; 8 resume f; 9 return f 1; 10 lines main.77 0x1; 11 return main",
    );
    assert_eq!(
        tree,
        "#1 main? returned at 1 for 10, self 6, lines [[2,1],[3,5],[3,1,9]]\n  \
         #2 f? → 1 returned at 3 for 6, self 4, wait 2, trace #1, lines [[2,1],[3,1]]\n"
    );
}

#[test]
fn what_ran_of_all_calls_is_summed_by_function_and_block() {
    let mut told = Script::default();
    for line in [
        "1 enter f",
        "lines f 0x1 1x9",
        "return f 1",
        "enter f",
        "lines f 0x1",
        "lines f.9 2x5",
        "return f 1",
        "enter f",
        "lines f 0x1 1x9",
        "lines f 1x70000 2x3",
    ] {
        told.line(line);
    }
    let mut assembler = fed(&told);
    let f = function("f");
    let sums = assembler.ways.take_sums();
    assert_eq!(sums, [((f, 0), 3), ((f, 1), 70_018), ((f, 2), 8)]);
    assert_eq!(assembler.ways.take_sums(), []);
}
