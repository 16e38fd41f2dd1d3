from pathlib import Path

from addin.cli.reference import commands, markdown, options

COMMANDS = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_reference_of_the_command_is_made_from_its_parser():
    assert COMMANDS.read_text(encoding="utf-8") == markdown()


def test_every_command_and_every_option_says_what_it_does():
    for name, parser in commands().items():
        assert parser.description, name
        for action in options(parser):
            assert action.help, (name, action.dest)


def test_a_new_option_shows_in_the_reference():
    text = markdown()
    for name, parser in commands().items():
        part = text.split(f"\n## gradsheet {name}\n")[1].split("\n## ")[0]
        for action in options(parser):
            for spelling in action.option_strings:
                assert f"`{spelling}" in part, (name, spelling)
