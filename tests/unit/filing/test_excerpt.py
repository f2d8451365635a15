"""What the small model reads of a document: its beginning, and what is typical of the rest, in any script."""

from __future__ import annotations

import pytest

from twolane.filing.excerpt import excerpt
from twolane.text.tokens import fewest_tokens

BUDGET_TOKENS = 40

# A beginning that says little, two sentences of one subject, and one that has nothing to do with it.
TEXTS = {
    "en": (
        "To whom it may concern, thank you for your message of last week and please excuse the late reply. ",
        "The harvest of apples was poor because the apple trees had frost in spring. ",
        "Apple trees need water, and the harvest of apples needs sun in the orchard. ",
        "My neighbour has bought a bicycle yesterday afternoon. ",
    ),
    "de": (
        "Sehr geehrte Damen und Herren, vielen Dank für Ihre Nachricht, und bitte verzeihen Sie. ",
        "Die Ernte der Äpfel war schlecht, weil die Apfelbäume im Frühling Frost hatten. ",
        "Apfelbäume brauchen Wasser, und die Ernte der Äpfel braucht im Frühling Sonne. ",
        "Mein Nachbar hat gestern Nachmittag ein Fahrrad gekauft. ",
    ),
    "fr": (
        "Madame, Monsieur, je vous remercie de votre message et vous prie d'excuser cette réponse tardive. ",
        "La récolte des pommes était mauvaise, car les pommiers ont eu du gel au printemps. ",
        "Les pommiers ont besoin d'eau, et la récolte des pommes de soleil au printemps. ",
        "Mon voisin a acheté une bicyclette hier après-midi. ",
    ),
    "pl": (
        "Szanowni Państwo, dziękuję za wiadomość z zeszłego tygodnia i przepraszam za późną odpowiedź. ",
        "Zbiory jabłek były słabe, ponieważ jabłonie miały wiosną przymrozki. ",
        "Jabłonie potrzebują wody, a zbiory jabłek potrzebują wiosną słońca. ",
        "Mój sąsiad kupił wczoraj po południu rower. ",
    ),
    "ru": (
        "Уважаемые дамы и господа, благодарю вас за письмо и прошу извинить меня за поздний ответ. ",
        "Урожай яблок был плохим, потому что яблони весной пострадали от мороза. ",
        "Яблони любят воду, а урожай яблок весной любит солнце. ",
        "Мой сосед вчера днём купил велосипед. ",
    ),
    "zh": (
        "尊敬的先生们女士们感谢您上周的来信并请原谅我迟到的回复。",
        "苹果收成不好因为苹果树在春天遭了霜冻。",
        "苹果树需要水苹果收成需要春天的阳光。",
        "我的邻居昨天下午买了一辆自行车。",
    ),
    "ar": (
        "السادة الكرام، أشكركم على رسالتكم في الأسبوع الماضي وأعتذر عن الرد المتأخر. ",
        "كان محصول التفاح ضعيفا لأن أشجار التفاح أصابها صقيع الربيع. ",
        "أشجار التفاح تحتاج الماء ويحتاج محصول التفاح شمس الربيع. ",
        "اشترى جاري دراجة بعد ظهر أمس. ",
    ),
}


@pytest.mark.parametrize("language", TEXTS)
def test_what_many_sentences_speak_of_is_read_and_what_one_does_is_not(language: str) -> None:
    # given
    opening, one, two, foreign = TEXTS[language]
    text = opening + foreign + one + two
    budget_tokens = fewest_tokens(opening) * 5 // 3

    # when
    read = excerpt(text, budget_tokens)

    # then
    assert read.startswith(opening[:20])
    assert one.strip()[:10] in read or two.strip()[:10] in read
    assert foreign.strip()[:12] not in read
    assert fewest_tokens(read) <= budget_tokens
    assert read.count(one.strip()) <= 1


def test_a_short_text_is_read_whole() -> None:
    # given
    text = "Invoice no. 17.\nThe amount is due within 14 days."

    # then
    assert excerpt(text, BUDGET_TOKENS) == text
    assert excerpt("", BUDGET_TOKENS) == ""


@pytest.mark.parametrize(
    "text", ["x" * 30_000, "word " * 6000, "\n" * 5000, "1 " * 9000, "。" * 9000, "(" * 9000]
)
def test_texts_without_sentences_are_bounded(text: str) -> None:
    assert fewest_tokens(excerpt(text, BUDGET_TOKENS)) <= BUDGET_TOKENS


def test_half_the_budget_is_a_shorter_excerpt() -> None:
    # given
    text = "".join(TEXTS["en"]) * 20

    # then
    assert len(excerpt(text, BUDGET_TOKENS // 2)) < len(excerpt(text, BUDGET_TOKENS)) < len(text)
