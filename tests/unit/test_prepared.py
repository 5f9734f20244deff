"""What is prepared beside the files that people write never stands for another text than theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.files import BadFile, data_of, prepare_data
from bot.gettext_files import BadCatalogue, compile_catalogues, translations

_PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "your data"\nmsgstr "{}"\n'
_YAML = "photo: [{}]\n"


def _catalogue(directory: Path, text: str) -> Path:
    path = directory / "de@formal" / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_PO.format(text), encoding="utf-8")
    return path


def _phrases(directory: Path, text: str) -> Path:
    path = directory / "de.yaml"
    path.write_text(_YAML.format(text), encoding="utf-8")
    return path


def _said(path: Path) -> str:
    if path.suffix == ".po":
        return translations(path, "de").gettext("your data")
    return str(data_of(path)["photo"][0])


Kind = tuple[Callable[[Path, str], Path], Callable[[Path], None], str]


@pytest.fixture(params=["catalogue", "phrases"])
def kind(request: pytest.FixtureRequest) -> Kind:
    if request.param == "catalogue":
        return _catalogue, compile_catalogues, "*/LC_MESSAGES/*.mo"
    return _phrases, prepare_data, "*.json"


def test_what_was_prepared_is_used(tmp_path: Path, kind: Kind) -> None:
    write, prepare, made = kind
    path = write(tmp_path, "Daten")
    prepare(tmp_path)
    (one,) = tmp_path.glob(made)
    one.write_bytes(one.read_bytes().replace(b"Daten", b"Bilde"))  # or nobody would see the difference
    assert _said(path) == "Bilde"


def test_an_edited_file_is_read_itself(tmp_path: Path, kind: Kind) -> None:
    write, prepare, made = kind
    path = write(tmp_path, "Daten")
    prepare(tmp_path)
    write(tmp_path, "Fotos")
    assert _said(path) == "Fotos"
    prepare(tmp_path)
    assert _said(path) == "Fotos"
    assert len(list(tmp_path.glob(made))) == 1, "the older one is gone"


@pytest.mark.parametrize("length", [0, 10, -1])
def test_a_broken_prepared_file_is_as_none(tmp_path: Path, kind: Kind, length: int) -> None:
    write, prepare, made = kind
    path = write(tmp_path, "Daten")
    prepare(tmp_path)
    (one,) = tmp_path.glob(made)
    one.write_bytes(one.read_bytes()[:length])
    assert _said(path) == "Daten"


def test_nothing_is_prepared_of_what_is_wrong(tmp_path: Path) -> None:
    path = _catalogue(tmp_path, "Daten")
    path.write_text(path.read_text("utf-8") + '\nmsgid "broken\n', encoding="utf-8")
    with pytest.raises(BadCatalogue) as found:
        compile_catalogues(tmp_path)
    assert found.value.line == 7
    (tmp_path / "de.yaml").write_text("photo: [\n", encoding="utf-8")
    with pytest.raises(BadFile):
        prepare_data(tmp_path)
    assert not [*tmp_path.rglob("*.mo"), *tmp_path.rglob("*.json")]
