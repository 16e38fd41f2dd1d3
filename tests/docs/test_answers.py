"""The answers on the sheets stand on the workbooks' page too, word for word."""

from pathlib import Path

from workbooks.lessons.titanic.lesson import LINEAR, TRAINING_QUESTIONS, TWO_LAYER

PAGE = Path(__file__).parents[2] / "docs" / "titanic.md"


def test_every_answer_of_the_titanic_sheets_stands_on_their_page():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for question in (*LINEAR.answers, *TWO_LAYER.answers, *TRAINING_QUESTIONS):
        assert f"**{question.asked}**" in text
        assert question.answer in text
