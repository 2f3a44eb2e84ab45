"""Where does a large file wait while its form is still being read? On the disk; and where that is full, the form is read all the same."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from . import storage


class NotKept(UploadedFile):
    """A file of which only the name arrived. Whoever wants to read it says why there is nothing to read."""

    def __init__(self, error: OSError, size: int, **known: Any):
        super().__init__(None, size=size, **known)
        self.error = error

    def read(self, *_how: Any) -> bytes:
        raise storage.no_room(self.error) from self.error

    def close(self) -> None:
        """There is nothing to close."""


class OnDisk(TemporaryFileUploadHandler):
    """As Django's, but a full disk costs the file, never the words beside it."""

    error: OSError | None = None

    def new_file(self, *given: Any, **named: Any) -> None:
        self.error = None
        try:
            super().new_file(*given, **named)
        except OSError as error:
            self.error = error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.error is None:
            try:
                super().receive_data_chunk(raw_data, start)
            except OSError as error:
                self._give_up(error)

    def file_complete(self, file_size: int) -> UploadedFile:
        if self.error is None:
            try:
                return super().file_complete(file_size)
            except OSError as error:
                self._give_up(error)
        known = {"name": self.file_name, "content_type": self.content_type, "charset": self.charset}
        return NotKept(self.error, file_size, **known, content_type_extra=self.content_type_extra)

    def _give_up(self, error: OSError) -> None:
        self.error = error
        with suppress(OSError):  # what is still to be written cannot be; the file itself goes
            self.file.close()
