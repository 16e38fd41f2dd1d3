"""A small interpreter of the part of PowerShell that install.ps1 is written in, over a machine that is pretended.

It walks the grammar's tree and stops at whatever it does not know. It shows which way the script goes; whether
PowerShell understands each word as it does is shown by PowerShell alone.
"""

import re
from types import SimpleNamespace

import tree_sitter
import tree_sitter_powershell

from .powershell_values import Expressions, Terminating, as_list, as_text, collected, is_true, parts, text

GRAMMAR = tree_sitter.Language(tree_sitter_powershell.language())


class Exit(Exception):  # noqa: N818 - the end, no error
    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Return(Exception):  # noqa: N818
    def __init__(self, values):
        super().__init__(values)
        self.values = values


class Continue(Exception):  # noqa: N818
    pass


class Script(Expressions):
    """A script on a machine: its functions, and variables that a function called sees, as PowerShell has it."""

    def __init__(self, source, machine, folder, switches):
        self.root = tree_sitter.Parser(GRAMMAR).parse(source).root_node
        self.machine = machine
        self.functions = {}
        self.scopes = [{"psscriptroot": folder, "true": True, "null": None}]
        declared = next(child for child in self.root.children if child.type == "param_block")
        for parameter in self._parameters(declared):
            is_switch = "[switch]" in text(parameter)
            name = text(parameter.children[-1])[1:]
            self.scopes[0][name.lower()] = switches.get(name, False if is_switch else "")
        sets = [name for name in ("Test", "Uninstall") if switches.get(name)]
        cmdlet = SimpleNamespace(parametersetname=sets[0] if sets else "Install", shouldprocess=machine.may)
        self.scopes[0]["pscmdlet"] = cmdlet

    def run(self):
        """Return the exit status."""
        try:
            self.statements(next(child for child in self.root.children if child.type == "statement_list"))
        except Exit as ended:
            return ended.status
        return 0

    def _parameters(self, node):
        return [child for part in node.children if part.type == "parameter_list" for child in parts(part)[::2]]

    def get(self, name):
        key = name.lower()
        for scope in reversed(self.scopes):
            if key in scope:
                return scope[key]
        if key == "lastexitcode":
            return self.machine.status
        raise Terminating(f"The variable ${name} has not been set.")

    # Statements: each returns the list of what it puts out.

    def statements(self, node):
        out = []
        for statement in parts(node):
            out += getattr(self, f"do_{statement.type}")(statement)
        return out

    def block(self, node):
        return [value for child in parts(node) if child.type == "statement_list" for value in self.statements(child)]

    def do_function_statement(self, node):
        name = next(text(child) for child in node.children if child.type == "function_name")
        self.functions[name.lower()] = next(child for child in node.children if child.type == "script_block")
        return []

    def do_if_statement(self, node):
        children = parts(node)
        if is_true(self.value(children[2])):
            return self.block(children[4])
        for other in children[5:]:
            if other.type == "elseif_clauses":
                for clause in parts(other):
                    if is_true(self.value(parts(clause)[2])):
                        return self.block(parts(clause)[4])
            else:
                return self.block(parts(other)[1])
        return []

    def do_foreach_statement(self, node):
        _, _, variable, _, pipeline, _, body = parts(node)
        out = []
        for value in as_list(collected(self.do_pipeline(pipeline))):
            self.scopes[-1][text(variable)[1:].lower()] = value
            try:
                out += self.block(body)
            except Continue:
                continue
        return out

    def do_flow_control_statement(self, node):
        word, *rest = parts(node)
        values = self.do_pipeline(rest[0]) if rest else []
        if word.type == "exit":
            raise Exit(values[0])
        if word.type == "continue":
            raise Continue
        assert word.type == "return"
        raise Return(values)

    def do_try_statement(self, node):
        _, body, *clauses = parts(node)
        try:
            return self.block(body)
        except Terminating:
            for clause in clauses:
                if clause.type == "catch_clauses":
                    return self.block(parts(parts(clause)[0])[1])
            raise
        finally:
            for clause in clauses:
                if clause.type == "finally_clause":
                    self.block(parts(clause)[1])

    def do_switch_statement(self, node):
        _, condition, body = parts(node)
        value = self.value(parts(condition)[1])
        for clause in parts(parts(body)[1]):
            case, block = parts(clause)
            if text(case).strip("'") in (value, "default"):
                return self.block(block)
        return []

    def do_pipeline(self, node):
        (child,) = parts(node)
        if child.type == "assignment_expression":
            self.assign(child)
            return []
        assert child.type == "pipeline_chain", child.type
        stream = None
        for stage in parts(child):
            if stage.type == "|":
                continue
            stream = self.command(stage, stream) if stage.type == "command" else as_list(self.value(stage))
        return stream

    def assign(self, node):
        left, operator, right = parts(node)
        values = self.do_pipeline(right)
        names = [name[1:].lower() for name in re.findall(r"\$\w+", text(left))]
        is_array = text(right).strip().startswith("@(")
        value = values if is_array else collected(values)
        if text(operator) == "+=":
            before = self.get(names[0])
            value = [*before, *as_list(value)] if isinstance(before, list) else before + value
        for name, each in zip(names, [value] if len(names) == 1 else as_list(value), strict=True):
            self.scopes[-1][name] = each

    # Commands.

    def command(self, node, stream):
        name, *rest = parts(node)
        positional, named = self.arguments(rest)
        if name.type == "command_invokation_operator":
            program, *rest = rest
            positional, _ = self.arguments(rest)
            return self.machine.run(self.value(program), [as_text(word) for word in positional])
        key = text(name).lower()
        if key in self.functions:
            return self.call(self.functions[key], positional, named)
        if key in ("foreach-object", "where-object"):
            return self.each(key, positional[0], stream)
        if key == "select-object":
            if "last" in named:
                return stream[-named["last"] :]
            return stream[: named["first"]] if "first" in named else list(dict.fromkeys(stream))
        if key == "new-object":
            return [SimpleNamespace(**named["property"])]
        if key == "write-output":
            return positional
        if key == "out-host":
            self.machine.shown += stream
            return []
        return as_list(getattr(self.machine, key.replace("-", "_"))(**named))

    def arguments(self, nodes):
        positional, named, waiting = [], {}, None
        for node in (child for part in nodes if part.type == "command_elements" for child in parts(part)):
            if node.type == "command_parameter":
                waiting = text(node)[1:].lower()
                named[waiting] = True
            elif text(node).startswith("@") and text(node)[1:].isalnum():
                positional += as_list(self.get(text(node)[1:]))
            elif node.type == "generic_token" and ">" in text(node):
                continue
            else:
                value = text(node) if node.type == "generic_token" else self.value(node)
                if waiting:
                    named[waiting], waiting = value, None
                else:
                    positional.append(value)
        return positional, named

    def call(self, body, positional, named):
        scope, positional = {}, list(positional)
        for block in (part for part in body.children if part.type == "param_block"):
            for parameter in self._parameters(block):
                name = text(parameter.children[-1])[1:].lower()
                value = named[name] if name in named else positional.pop(0) if positional else ""
                scope[name] = as_list(value) if "string[]" in text(parameter) else as_text(value)
        assert not positional, "an argument too many"
        self.scopes.append(scope)
        try:
            bodies = [part for part in body.children if part.type == "script_block_body"]
            return [value for part in bodies for value in self.block(part)]
        except Return as returned:
            return returned.values
        finally:
            self.scopes.pop()

    def each(self, key, block, stream):
        out = []
        for value in stream:
            self.scopes[-1]["_"] = value
            made = [each for part in block.children if part.type == "script_block_body" for each in self.block(part)]
            out += made if key == "foreach-object" else [value] if is_true(collected(made)) else []
        return out
