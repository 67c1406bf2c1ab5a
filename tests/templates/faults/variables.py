"""Faults of variables: misspelt, of another branch, from later, under an old name."""

from collections.abc import Iterator

from tests.templates.faults.seeding import (
    ROOTS,
    USE,
    Document,
    Fault,
    Seeder,
    after,
    at,
    changed,
    fault,
    loop_items,
    nodes,
    put,
    texts,
    triggers,
    written_texts,
)


def misspelt_variable(document: Document) -> Iterator[Fault]:
    """A letter too much in the name of a variable."""
    for node_id, place, text in written_texts(document):
        for use in USE.finditer(text):
            if use[1] not in ROOTS and text[use.end() : use.end() + 1] != "(":
                wrong = text[: use.end(1)] + use[1][-1] + text[use.end(1) :]
                yield fault(put(document, place, wrong), "unknown_name", node_id, within=str(place[-1]))
                break


def misspelt_built_in(document: Document) -> Iterator[Fault]:
    """A workspace setting that nobody has."""
    for node_id, place, text in written_texts(document):
        if "{{settings." in text:
            wrong = text.replace("{{settings.", "{{settings.our_", 1)
            yield fault(put(document, place, wrong), "unknown_field", node_id)


def misspelt_field(document: Document) -> Iterator[Fault]:
    """A field that the kind of record does not have."""
    items = loop_items(document)
    for node_id, place, text in written_texts(document):
        for use in USE.finditer(text):
            if use[1] in items and use[2]:
                wrong = text[: use.end(2)] + "x" + text[use.end(2) :]
                yield fault(put(document, place, wrong), "unknown_field", node_id)
                break


def field_of_a_plain_value(document: Document) -> Iterator[Fault]:
    """A part of something that has no parts."""
    for node_id, place, text in written_texts(document):
        yield fault(put(document, place, f"{text} {{{{now.hour}}}}"), "wrong_type unknown_field", node_id)


def variable_of_another_branch(document: Document) -> Iterator[Fault]:
    """What the Yes branch made, used on the No branch."""
    for _, node in nodes(document, "condition"):
        yes, no = after(document, node["id"], "true"), after(document, node["id"], "false")
        givers = [(i, one) for i, one in nodes(document) if one["id"] in yes - no and one["type"] == "transform"]
        if not givers:
            givers = [
                (i, one) for i, one in nodes(document, action="create_task") if one["id"] in yes - no
            ] + [(i, one) for i, one in nodes(document, action="create_record") if one["id"] in yes - no]  # fmt: skip
        for node_id, place, text in written_texts(document):
            if node_id in no - yes and givers:
                index, giver = givers[0]
                new = put(document, place, f"{text} {{{{made_on_yes}}}}")
                if giver["type"] == "transform":
                    new["nodes"][index]["config"]["set"]["made_on_yes"] = "1"
                else:
                    new["nodes"][index]["outputs"] = ["made_on_yes"]
                yield fault(new, "maybe_missing", node_id)
                break


def variable_from_later(document: Document) -> Iterator[Fault]:
    """A name that only a later step gives."""
    for _, node in nodes(document, "action"):
        if not node.get("outputs"):
            continue
        name = node["outputs"][0]
        given = [one for _, one in nodes(document) if name in one.get("outputs", ())]
        brought = {name for _, place, _ in texts_of_triggers(document) for name in place}
        for node_id, place, text in written_texts(document):
            if len(given) == 1 and name not in brought and node["id"] in after(document, node_id):
                yield fault(put(document, place, f"{text} {{{{{name}}}}}"), "maybe_missing", node_id)
                break


def texts_of_triggers(document: Document) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Visit the texts of the triggers' settings."""
    for _, trigger in triggers(document):
        for place, text in texts(trigger):
            yield trigger["type"], tuple(map(str, place)), text


def old_name_of_an_output(document: Document) -> Iterator[Fault]:
    """An output has another name now, its uses have not."""
    for index, node in nodes(document, "action"):
        for name in node.get("outputs", ())[:1]:
            users = [
                one["id"] for _, one in nodes(document)
                if any(f"{{{{{name}}}}}" in text or f"{{{{{name}." in text for _, text in texts(one))
            ]  # fmt: skip
            others = [one for _, one in nodes(document) if name in one.get("outputs", ()) and one is not node]
            payload = name in str([one for _, one in triggers(document)]) or name in ("invoice", "ticket", "record")
            if users and not others and not payload:
                new = put(document, ("nodes", index, "outputs"), ["fresh_name"])
                yield fault(new, "unknown_name", *users)


def old_name_of_a_step(document: Document) -> Iterator[Fault]:
    """A step has another id now, the uses of its outputs have not."""
    for node_id, place, text in written_texts(document):
        before = [one["id"] for _, one in nodes(document, "condition") if node_id in after(document, one["id"])]
        old = f"{before[0]}s" if before else "step_of_old"
        yield fault(put(document, place, f"{text} {{{{steps.{old}.way}}}}"), "unknown_name", node_id)


def old_name_of_an_item(document: Document) -> Iterator[Fault]:
    """A loop calls its item by another name now."""
    for index, node in nodes(document, "loop"):
        name, body = node["item_variable"], after(document, node["id"], "each")
        users = [
            one["id"] for _, one in nodes(document)
            if one["id"] in body and any(f"{{{{{name}." in text for _, text in texts(one))
        ]  # fmt: skip
        if users and sum(one["item_variable"] == name for _, one in nodes(document, "loop")) == 1:
            yield fault(
                put(document, ("nodes", index, "item_variable"), "thing"),
                "unknown_name maybe_missing",
                *users,
                node["id"],
            )


def loop_variable_outside(document: Document) -> Iterator[Fault]:
    """The number of the round, used where there are no rounds."""
    inside = {one for _, node in nodes(document, "loop") for one in after(document, node["id"], "each")}
    for node_id, place, text in written_texts(document):
        if node_id not in inside:
            yield fault(put(document, place, f"{text} {{{{loop.index}}}}"), "unknown_name", node_id)


def unknown_output_of_a_step(document: Document) -> Iterator[Fault]:
    """An output that the step does not have."""
    for node_id, place, text in written_texts(document):
        before = [one["id"] for _, one in nodes(document, "action") if node_id in after(document, one["id"])]
        if before:
            yield fault(put(document, place, f"{text} {{{{steps.{before[0]}.colour}}}}"), "unknown_field", node_id)


def expression_cut_off(document: Document) -> Iterator[Fault]:
    """Braces that nobody closed."""
    for node_id, place, text in written_texts(document):
        if "}}" in text:
            yield fault(put(document, place, text.replace("}}", "", 1)), "bad_syntax", node_id)


def unknown_function(document: Document) -> Iterator[Fault]:
    """A function that there is not."""
    for node_id, place, text in written_texts(document):
        yield fault(put(document, place, f"{text} {{{{vlookup(now)}}}}"), "unknown_function bad_syntax", node_id)


def unknown_format(document: Document) -> Iterator[Fault]:
    """A format that there is not."""
    for node_id, place, text in written_texts(document):
        yield fault(put(document, place, f"{text} {{{{now | fancy}}}}"), "unknown_function bad_syntax", node_id)


def code_in_an_expression(document: Document) -> Iterator[Fault]:
    """Python where only names and functions may stand."""
    for node_id, place, text in written_texts(document):
        wrong = f"{text} {{{{now.__class__.__mro__}}}}"
        yield fault(put(document, place, wrong), "bad_syntax forbidden not_allowed unknown_field wrong_type", node_id)


def two_branches_write_one_name(document: Document) -> Iterator[Fault]:
    """Branches that run side by side write the same variable."""
    for _, node in nodes(document, "parallel"):
        branches = [after(document, node["id"], f"branch:{name}") for name in node["branches"]]
        own = [one - set().union(*(other for other in branches if other is not one)) for one in branches]
        firsts = [
            next((i for i, one in nodes(document, "action") if one["id"] in inside and not one.get("outputs")), None)
            for inside in own
        ]
        places = [index for index in firsts if index is not None]
        if len(places) > 1:
            new = changed(document)
            for index in places[:2]:
                new["nodes"][index]["outputs"] = ["written_twice"]
            yield fault(new, "written_twice", *(at(new, ("nodes", index, "id")) for index in places[:2]))


VARIABLES: dict[str, Seeder] = {
    one.__name__: one
    for one in (
        misspelt_variable, misspelt_built_in, misspelt_field, field_of_a_plain_value, variable_of_another_branch,
        variable_from_later, old_name_of_an_output, old_name_of_a_step, old_name_of_an_item, loop_variable_outside,
        unknown_output_of_a_step, expression_cut_off, unknown_function, unknown_format, code_in_an_expression,
        two_branches_write_one_name,
    )
}  # fmt: skip
