"""Every gesture and key of the canvas is shown by a test in a real browser: this is the table of them."""

import ast
from functools import cache
from pathlib import Path

import pytest

from flowstudio.ui.editor.shortcuts import commands_of

BROWSER = Path(__file__).parents[1] / "e2e"

KEYS = {
    "Find a step to add": "gestures.n_leads_to_the_palette_where_a_name_and_enter_add_a_step",
    "Add a note": "arranging.a_note_is_written_resized_undone_and_exported",
    "Open the step's settings": "canvas/keyboard.enter_opens_and_control_a_chooses_everything",
    "Rename": "gestures.a_key_leads_to_the_name_of_the_chosen_step",
    "Change to another kind of step": "arranging.a_step_becomes_another_kind_and_keeps_its_arrows",
    "Switch a step on or off": "gestures.keys_take_back_double_cut_and_switch_off",
    "Pin or unpin what a step gives in test runs": "arranging.a_pinned_result_stands_in_for_the_step_in_a_test_run",
    "Delete": "canvas/keyboard.delete_removes_what_is_chosen_and_a_frame_with_its_body",
    "Delete and close the gap": "editing.delete_can_close_the_gap",
    "Duplicate": "gestures.keys_take_back_double_cut_and_switch_off",
    "Copy": "editing.steps_are_copied_and_pasted_with_what_is_between_them",
    "Cut": "gestures.keys_take_back_double_cut_and_switch_off",
    "Paste": "editing.steps_are_copied_and_pasted_with_what_is_between_them",
    "Undo": "gestures.keys_take_back_double_cut_and_switch_off",
    "Redo": "gestures.keys_take_back_double_cut_and_switch_off",
    "Select all": "canvas/keyboard.enter_opens_and_control_a_chooses_everything",
    "Select all that leads here": "arranging.what_leads_to_a_step_and_what_follows_is_chosen",
    "Select all that follows": "canvas/keyboard.shift_and_an_arrow_ask_for_all_that_leads_here_or_follows",
    "Group": "arranging.a_group_folds_into_one_card_and_opens_again",
    "Ungroup": "arranging.a_group_folds_into_one_card_and_opens_again",
    "Make a workflow of the chosen steps": "taking_out.chosen_steps_become_a_workflow_and_one_undo_brings_them_back",
    "Fold or open a group": "gestures.enter_folds_and_opens_the_chosen_group",
    "Align left": "arranging.boxes_come_into_line_by_key_button_and_command",
    "Align right": "canvas/keyboard.keys_for_several_boxes_become_commands",
    "Align top": "canvas/keyboard.keys_for_several_boxes_become_commands",
    "Align bottom": "canvas/keyboard.keys_for_several_boxes_become_commands",
    "Spread evenly from left to right": "canvas/keyboard.keys_for_several_boxes_become_commands",
    "Spread evenly from top to bottom": "canvas/keyboard.keys_for_several_boxes_become_commands",
    "Tidy up everything, or only what is chosen": "arranging.tidy_up_with_boxes_chosen_moves_only_these_by_key_button_and_command",
    "Show everything": "canvas/looking_around.keys_bring_nearer_farther_to_full_size_and_show_everything",
    "Zoom to 100 %": "canvas/looking_around.keys_bring_nearer_farther_to_full_size_and_show_everything",
    "Zoom in": "canvas/looking_around.keys_bring_nearer_farther_to_full_size_and_show_everything",
    "Zoom out": "canvas/looking_around.keys_bring_nearer_farther_to_full_size_and_show_everything",
    "Go from step to step": "canvas/keyboard.arrow_keys_walk_from_step_to_step",
    "Move the selection": "canvas/keyboard.control_and_arrows_move_a_step_in_one_patch",
    "Select an area": "canvas/gestures.shift_drag_chooses_everything_in_the_box",
    "Put a step between two others": "arranging.a_step_dragged_onto_an_arrow_goes_between_and_one_undo_takes_it_back",
    "Add a step on the empty canvas": "arranging.a_click_with_control_on_the_empty_canvas_adds_a_step_there",
    "Add several steps, one behind the other": "gestures.with_control_the_list_of_steps_stays_open_and_each_stands_behind_the_one_before",
    "Cut the arrows that a line crosses": "gestures.a_line_cuts_arrows_and_one_undo_brings_all_back",
    "Move the canvas, also from a card": "canvas/looking_around.from_a_card_the_middle_button_and_space_move_the_canvas_and_not_the_card",
    "Zoom where the pointer is": "canvas/looking_around.control_and_the_wheel_zoom_where_the_pointer_is",
    "Test run": "rounds.a_round_is_painted_alone_and_fills_its_steps",
    "Test run up to this step": "rounds.a_step_is_tried_by_its_key_and_the_panel_below_stays_as_it_was_left",
    "Next step of a test run": "gestures.f10_goes_through_a_test_run_step_by_step",
    "Close a test run": "rounds.test_runs_before_are_looked_at_again_and_say_what_is_stale",
    "Go through the time line of a run": "rounds.the_time_line_is_stepped_through_and_the_canvas_follows",
    "First and last step of a run": "rounds.the_time_line_is_stepped_through_and_the_canvas_follows",
    "Previous and next round of a loop": "rounds.failed_rounds_are_marked_and_reached_by_button_and_keyboard",
    "Next failed round of a loop": "rounds.failed_rounds_are_marked_and_reached_by_button_and_keyboard",
    "Open or close the panel below": "rounds.a_step_is_tried_by_its_key_and_the_panel_below_stays_as_it_was_left",
    "Command bar": "arranging.the_command_bar_goes_to_steps_and_adds_them",
    "All keys": "rounds.a_step_is_tried_by_its_key_and_the_panel_below_stays_as_it_was_left",
}
"""What the list of keys tells, and the test that shows it."""

GESTURES = {
    "drag the canvas": "canvas/looking_around.the_canvas_is_dragged_with_the_hand_and_the_middle_button",
    "wheel, two fingers on a touchpad": "canvas/looking_around.wheel_and_two_fingers_on_a_touchpad_move_the_canvas",
    "one finger and two on a screen": "canvas/looking_around.one_finger_moves_the_canvas_two_bring_it_nearer",
    "boxes keep to the grid": "canvas/looking_around.dots_of_the_desk_move_with_the_drawing_and_boxes_stand_on_them",
    "drag a card": "canvas/gestures.dragging_a_card_moves_it_by_one_patch_on_the_grid",
    "drag several": "canvas/gestures.dragging_several_chosen_cards_keeps_their_distance",
    "click with Shift, Ctrl, Cmd": "canvas/gestures.a_click_with_a_key_adds_a_card_to_what_is_chosen",
    "double click": "canvas/gestures.a_double_click_opens_a_step",
    "drag from the palette": "canvas/gestures.a_palette_entry_dropped_on_the_desk_adds_a_step_there",
    "drop on an arrow": "canvas/gestures.a_palette_entry_dropped_on_an_arrow_goes_between",
    "+ on an arrow": "editing.a_step_goes_between_two_others_by_the_plus",
    "+ on a free way": "gestures.the_plus_of_a_free_way_asks_what_comes_there",
    "wire let go over nothing": "gestures.a_wire_let_go_over_nothing_asks_for_a_step_and_puts_it_there",
    "wire from port to card": "canvas/gestures.dragging_from_a_port_to_a_card_connects",
    "wire by two clicks": "canvas/gestures.clicking_a_port_and_then_a_card_connects",
    "wire by keyboard": "canvas/keyboard.an_arrow_is_wired_by_keyboard",
    "end of an arrow to another card": "canvas/gestures.an_arrow_is_chosen_moved_to_another_step_and_removed",
    "start of an arrow to another card": "canvas/gestures.the_start_of_an_arrow_let_go_on_a_card_takes_the_nearest_way_that_fits",
    "space chooses": "canvas/keyboard.space_chooses_the_step_that_has_the_focus_and_renames_it_once_it_is_chosen",
    "mark of what changed": "marks.steps_that_changed_since_it_went_live_carry_a_mark_until_it_is_published_again",
    "flash of a trigger": "marks.the_trigger_lights_up_once_when_a_run_begins",
    "mark of a problem": "marks.the_mark_of_a_problem_names_the_field",
    "note under a card": "marks.a_note_of_a_step_stands_under_its_card",
}
"""What needs no line in the list of keys."""


@cache
def shown_in(name: str) -> set[str]:
    """The names of the tests in a file of the browser's tests."""
    folder, _, short = name.rpartition("/")
    tree = ast.parse((BROWSER / folder / f"test_{short}.py").read_text())
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_the_list_of_keys_and_the_table_are_the_same() -> None:
    assert {one.text for one in commands_of("canvas") if one.keys} == set(KEYS)


@pytest.mark.parametrize("what", [*KEYS, *GESTURES])
def test_a_test_in_the_browser_shows_it(what: str) -> None:
    file, _, name = {**KEYS, **GESTURES}[what].partition(".")
    shown = f"test_{name}"
    assert shown in shown_in(file), f'no test shows "{what}"'
