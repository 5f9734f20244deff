"""What has the words of an order to erase, but is none: in languages whose requests look like questions."""

from __future__ import annotations

import pytest

from bot.dialogue.understanding import Understander
from bot.policy.vocabulary import ERASURES


@pytest.mark.parametrize(
    "text",
    [
        *("skasuj mu konto", "usuńcie wszystkim konta", "posprzątaj konto marka", "skasuj wszystkim historię"),
        *("usuń mnie z listy mailingowej", "zdejmij mi bana z konta", "usuń moje konto z facebooka"),
        *("możecie usunąć mi konto ot tak?", "admin może usunąć moje konto?", "proszę zamknąć drzwi"),
        *("usunięcie plików, proszę powiedzieć jak to działa", "chcę skorzystać z prawa do usunięcia danych"),
        *("apaga-lhe a conta", "limpa o histórico de todos", "some com a conta do joão", "tira minhas dúvidas"),
        *("o admin da sala pode apagar minhas mensagens da sala?", "um hacker pode apagar meu perfil?"),
        *("o aplicativo do celular pode apagar meus arquivos?", "pode o servidor apagar as minhas fotos?"),
        *("vocês podem apagar minha conta do nada?", "o admin disse que é para apagar tudo"),
        *("cancela minha inscrição nos avisos", "tira o ban da minha conta", "acaba com minha conta bancária"),
        *("удали ему аккаунт", "очисти всем историю", "снеси акк васи", "сбрось фотки сюда", "закрой окно"),
        *("можете снести мой акк без предупреждения?", "может ли кто-то стереть мою переписку?"),
        *("уберите меня из рассылки", "убери мой аккаунт из чёрного списка", "чтобы удалить аккаунт что нужно"),
        *("хочу воспользоваться правом на удаление", "удаление аккаунта, расскажите пожалуйста подробнее"),
        *("ne udali moi akkaunt", "udalite vsem akkaunty"),
    ],
)
def test_what_only_looks_like_an_order_erases_nothing(understanding: Understander, text: str) -> None:
    read = understanding.read(text, "en")
    assert not read.erasing
    assert read.ranked[0] not in ERASURES
