"""botocore's descriptions of the services, found without looking at those that nobody asked for."""

import os

from botocore.loaders import Loader, instance_cache


class Models(Loader):
    """The models in the SDK's own folders and in those of AWS_DATA_PATH."""

    @instance_cache
    def list_available_services(self, type_name: str) -> list[str]:
        """The names of all services' folders.

        botocore looks for the model in each of 400 folders, once for every kind of model: 40 ms CPU before the first
        client. A folder without the model is found out when the model is loaded.
        """
        folders = filter(os.path.isdir, self.search_paths)
        return sorted({name for folder in folders for name in os.listdir(folder)})


def models(data_path: str | None) -> Models:
    """The loader for a value of AWS_DATA_PATH."""
    folders = data_path.split(os.pathsep) if data_path else []
    return Models(extra_search_paths=[os.path.expanduser(os.path.expandvars(folder)) for folder in folders])
