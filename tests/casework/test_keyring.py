"""The master key: its file, its recovery code, and files encrypted under it."""

from __future__ import annotations

import io
import random
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from plea_aid.casework import keyring
from plea_aid.casework.keyring import (
    CHUNK_BYTES,
    KeyFault,
    MasterKey,
    MasterKeys,
    Tampered,
    decrypted_pieces,
    encrypt_stream,
    key_from_code,
    keys_at_hand,
    new_master_key,
    write_key_file,
)
from plea_aid.settings import Settings, settings

KEYS = MasterKeys((MasterKey(bytes(range(32))),), "a test")


@pytest.fixture
def set_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Settings]:
    """Settings whose key is in a folder of this test, or given as a variable."""

    def chosen(key: str = "") -> Settings:
        monkeypatch.setenv("PLEA_AID_KEY", key)
        monkeypatch.setenv("PLEA_AID_KEY_FILE", str(tmp_path / "keys" / "office.key"))
        settings.cache_clear()
        return settings()

    yield chosen
    settings.cache_clear()


def test_a_key_file_is_its_owners_alone_and_reads_back(set_key: Callable[..., Settings]) -> None:
    chosen = set_key()
    assert keys_at_hand(chosen) is None
    key, earlier = new_master_key(), new_master_key()
    write_key_file(chosen.key_file, (key, earlier))
    assert stat.S_IMODE(chosen.key_file.stat().st_mode) == 0o600
    found = keys_at_hand(chosen)
    assert found is not None
    assert found.keys == (key, earlier)
    assert found.first == key
    assert found.named(earlier.fingerprint) == earlier
    assert found.named("00000000") is None
    assert [file.name for file in chosen.key_file.parent.iterdir()] == ["office.key"]


def test_a_key_file_is_never_overwritten_by_accident(set_key: Callable[..., Settings]) -> None:
    file = set_key().key_file
    first, second = new_master_key(), new_master_key()
    write_key_file(file, (first,))
    with pytest.raises(KeyFault, match="already; it was left"):
        write_key_file(file, (second,))
    assert first.as_text() in file.read_text()
    write_key_file(file, (second, first), replace=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [file.name for file in file.parent.iterdir()] == ["office.key"]


def test_a_variable_holds_the_key_too(set_key: Callable[..., Settings]) -> None:
    key, earlier = new_master_key(), new_master_key()
    found = keys_at_hand(set_key(f"{key.as_text()} {earlier.as_text()}"))
    assert found is not None
    assert (found.keys, found.origin) == ((key, earlier), "PLEA_AID_KEY")


@pytest.mark.parametrize(
    "text", ["", "# only a remark\n", "secret", "plea-aid-key-1:AAAA", "plea-aid-key-1:" + "*" * 43]
)
def test_a_key_that_is_none_is_refused_in_one_sentence(set_key: Callable[..., Settings], text: str) -> None:
    file = set_key().key_file
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(KeyFault) as refused:
        keys_at_hand(settings())
    assert str(file) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_key_file_that_cannot_be_read_or_written_is_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "x").mkdir()
    with pytest.raises(KeyFault, match="cannot be written"):
        write_key_file(tmp_path / "a folder" / "x", (new_master_key(),), replace=True)


def test_no_message_and_no_name_shows_the_key() -> None:
    key = new_master_key()
    assert key.secret.hex() not in repr(key)
    assert key.as_text().removeprefix("plea-aid-key-1:") not in repr(MasterKeys((key,), "here"))


def test_a_recovery_code_brings_the_key_back() -> None:
    key = new_master_key()
    code = key.recovery_code()
    assert len(code) == 14 * 4 + 13
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        assert key_from_code(typed) == key


def test_a_mistyped_recovery_code_is_noticed() -> None:
    code = new_master_key().recovery_code()
    for at in (0, 7, 30, len(code) - 1):
        if code[at] != "-":
            other = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
            with pytest.raises(KeyFault):
                key_from_code(other)
    for wrong in ("", code[:-1], code + "A", code.replace(code[0], "0")):
        with pytest.raises(KeyFault, match="14 groups"):
            key_from_code(wrong)


def test_a_wrapped_key_opens_with_its_master_for_its_purpose_only() -> None:
    master, key = new_master_key(), b"k" * 32
    wrapped = master.wrap(key, "content 1")
    assert master.unwrap(wrapped, "content 1") == key
    for other, purpose, what in (
        (new_master_key(), "content 1", wrapped),
        (master, "content 2", wrapped),
        (master, "content 1", wrapped[:-8] + "AAAAAAA="),
        (master, "content 1", "nonsense"),
        (master, "content 1", ""),
    ):
        with pytest.raises(Tampered):
            other.unwrap(what, purpose)


def encrypted(content: bytes, purpose: str = "backup", keys: MasterKeys = KEYS) -> bytes:
    target = io.BytesIO()
    encrypt_stream(io.BytesIO(content), target, keys, purpose)
    return target.getvalue()


def decrypted(content: bytes, purpose: str = "backup", keys: MasterKeys | None = KEYS) -> bytes:
    return b"".join(decrypted_pieces(io.BytesIO(content), keys, purpose))


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_a_stream_comes_back_as_it_was(size: int) -> None:
    content = random.Random(size).randbytes(size)
    stored = encrypted(content)
    assert decrypted(stored) == content
    assert content[:64] not in stored or size < 8


def test_a_stream_that_gives_little_at_a_time_comes_back_as_it_was() -> None:
    class Pipe(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 5000))

    content = random.Random(1).randbytes(CHUNK_BYTES + 77)
    target = io.BytesIO()
    encrypt_stream(Pipe(content), target, KEYS, "backup")
    assert b"".join(decrypted_pieces(Pipe(target.getvalue()), KEYS, "backup")) == content


def test_every_altered_byte_of_a_stream_is_found() -> None:
    stored = encrypted(b"The victim was consulted on April 1.")
    for at in range(len(stored)):
        damaged = bytearray(stored)
        damaged[at] ^= 1
        with pytest.raises((Tampered, KeyFault)):
            decrypted(bytes(damaged))
    for end in range(len(stored)):
        with pytest.raises(Tampered):
            decrypted(stored[:end])
    with pytest.raises(Tampered):
        decrypted(stored + b"x")


def test_pieces_moved_left_out_or_repeated_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "CHUNK_BYTES", 16)
    stored = encrypted(bytes(64))
    start = stored.index(b"}\n") + 2
    head, pieces = stored[:start], [stored[i : i + 32] for i in range(start, len(stored), 32)]
    assert decrypted(head + b"".join(pieces)) == bytes(64)
    first, second, third, last = pieces
    for wrong in (
        [second, first, third, last],
        [first, second, last],
        [first, second, third],
        [first, first, second, third, last],
        [first, second, third, last, last],
        [],
    ):
        with pytest.raises(Tampered):
            decrypted(head + b"".join(wrong))
    other = encrypted(bytes(64))
    with pytest.raises(Tampered):
        decrypted(other[:start] + b"".join(pieces))


def test_a_stream_opens_with_its_key_for_its_purpose_only() -> None:
    stored = encrypted(b"text")
    with pytest.raises(Tampered):
        decrypted(stored, purpose="export")
    stranger = MasterKeys((new_master_key(),), "another.key")
    with pytest.raises(KeyFault, match=f"{KEYS.first.fingerprint}, which is not in another.key"):
        decrypted(stored, keys=stranger)
    with pytest.raises(KeyFault, match="key recover"):
        decrypted(stored, keys=None)
    both = MasterKeys((stranger.first, KEYS.first), "two keys")
    assert decrypted(stored, keys=both) == b"text"
