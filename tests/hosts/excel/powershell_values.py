"""What an expression of PowerShell is worth, as far as install.ps1 uses them."""

import fnmatch
import re

SILENT = ("comment", "command_argument_sep", "empty_statement")


class Terminating(Exception):  # noqa: N818
    """What a catch block catches."""


def parts(node):
    return [child for child in node.children if child.type not in SILENT]


def text(node):
    return node.text.decode()


def as_list(value):
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def collected(values):
    return None if not values else values[0] if len(values) == 1 else values


def is_true(value):
    if isinstance(value, list):
        return is_true(value[0]) if len(value) == 1 else bool(value)
    return bool(value)


def as_text(value):
    return " ".join(map(as_text, value)) if isinstance(value, list) else "" if value is None else str(value)


class Expressions:
    """Each returns a value, an array as a list; commands inside them are left to the script."""

    def value(self, node):
        special = getattr(self, f"of_{node.type}", None)
        if special:
            return special(node)
        children = parts(node)
        assert len(children) == 1, (node.type, text(node))
        return self.value(children[0])

    def of_pipeline(self, node):
        return collected(self.do_pipeline(node))

    def of_array_expression(self, node):
        return self.block(node)

    def of_array_literal_expression(self, node):
        values = [self.value(child) for child in parts(node) if child.type != ","]
        return values[0] if len(values) == 1 else values

    def of_parenthesized_expression(self, node):
        return collected(self.do_pipeline(parts(node)[1]))

    def of_variable(self, node):
        return self.get(text(node)[1:])

    def of_decimal_integer_literal(self, node):
        return int(text(node))

    def of_real_literal(self, node):
        return float(text(node))

    def of_string_literal(self, node):
        (child,) = parts(node)
        if child.type == "verbatim_string_characters":
            return text(child)[1:-1].replace("''", "'")
        out, at = "", child.start_byte + 1
        source = self.root.text
        for part in child.children:
            if part.type in ("variable", "sub_expression"):
                out += source[at : part.start_byte].decode()
                found = self.block(part) if part.type == "sub_expression" else self.get(text(part)[1:])
                out += as_text(collected(found) if part.type == "sub_expression" else found)
                at = part.end_byte
        return out + source[at : child.end_byte - 1].decode()

    def of_hash_literal_expression(self, node):
        entries = [entry for entry in parts(parts(node)[1]) if entry.type == "hash_entry"]
        return {text(parts(entry)[0]).lower(): self.raw(parts(entry)[2]) for entry in entries}

    def raw(self, pipeline):
        """Return a variable as it is, where a pipeline would take a list apart."""
        name = text(pipeline).strip()
        return self.get(name[1:]) if re.fullmatch(r"\$\w+", name) else self.of_pipeline(pipeline)

    def of_script_block_expression(self, node):
        return next(child for child in node.children if child.type == "script_block")

    def of_expression_with_unary_operator(self, node):
        if len(parts(node)) == 1:
            return self.value(parts(node)[0])
        operator, operand = parts(node)
        assert text(operator).lower() == "-not"
        return not is_true(self.value(operand))

    def of_cast_expression(self, node):
        assert text(parts(node)[0]) == "[int]"
        return int(self.value(parts(node)[1]))

    def of_additive_expression(self, node):
        children = parts(node)
        if len(children) == 1:
            return self.value(children[0])
        left, right = self.value(children[0]), self.value(children[2])
        return [*left, *as_list(right)] if isinstance(left, list) else left + as_text(right)

    def of_logical_expression(self, node):
        children = parts(node)
        if len(children) == 1:
            return self.value(children[0])
        left = is_true(self.value(children[0]))
        if text(children[1]).lower() == "-and":
            return left and is_true(self.value(children[2]))
        return left or is_true(self.value(children[2]))

    def of_comparison_expression(self, node):
        children = parts(node)
        if len(children) == 1:
            return self.value(children[0])
        left, right, operator = self.value(children[0]), self.value(children[2]), text(children[1]).lower()
        if operator == "-split":
            return left.split(right[0], right[1] - 1) if isinstance(right, list) else left.split(right)
        if operator == "-join":
            return right.join(map(as_text, as_list(left)))
        if operator == "-like":
            return fnmatch.fnmatchcase(as_text(left).lower(), right.lower())
        if operator == "-notin":
            return left not in right
        assert operator == "-ne", operator
        return left != right

    def of_member_access(self, node):
        owner, _, member = parts(node)
        if owner.type == "type_literal":
            return self.machine.static(text(owner), text(member))
        return getattr(self.value(owner), text(member).lower())

    def of_invokation_expression(self, node):
        owner, _, member, given = parts(node)
        arguments = self.of_argument_list(given)
        if owner.type == "type_literal":
            return self.machine.static(text(owner), text(member))(*arguments)
        name = {"trim": "strip"}.get(text(member).lower(), text(member).lower())
        return getattr(self.value(owner), name)(*arguments)

    def of_argument_list(self, node):
        listed = [child for child in parts(node) if child.type == "argument_expression_list"]
        return [self.value(child) for part in listed for child in parts(part) if child.type != ","]
