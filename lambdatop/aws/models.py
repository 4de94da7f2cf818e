"""botocore's descriptions of the services, found without scanning the ones that are not used, and loaded fast."""

import gzip
import json
import os
from functools import lru_cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader, instance_cache


class Files(JSONFileLoader):
    """Reads into plain dicts: the OrderedDicts that botocore has had since Python 2 take twice as long, 7 ms more."""

    def load_file(self, file_path: str) -> Any:
        """The content of `<file_path>.json`, or of `<file_path>.json.gz`; None if there is neither."""
        for ending, opened in ((".json", open), (".json.gz", gzip.open)):
            try:
                with opened(file_path + ending, "rb") as file:
                    return json.loads(file.read())
            except FileNotFoundError:
                continue
        return None


class Models(Loader):
    """The models in the SDK's own folders and in those of AWS_DATA_PATH."""

    FILE_LOADER_CLASS = Files

    @instance_cache
    def list_available_services(self, type_name: str) -> list[str]:
        """The names of all services' folders.

        botocore looks for the model in each of 400 folders, once for every kind of model: 40 ms CPU before the first
        client. A folder without the model is found out when the model is loaded.
        """
        folders = filter(os.path.isdir, self.search_paths)
        return sorted({name for folder in folders for name in os.listdir(folder)})


@lru_cache(maxsize=4)
def models(data_path: str | None) -> Models:
    """The loader for a value of AWS_DATA_PATH; one for all logins, so that a renewed one reads no model again."""
    folders = data_path.split(os.pathsep) if data_path else []
    return Models(extra_search_paths=[os.path.expanduser(os.path.expandvars(folder)) for folder in folders])
