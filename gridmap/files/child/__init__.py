"""The limited child process: the only place where files from outside meet a parser.

It is started by :mod:`gridmap.files.reader`, reads one file and ends. Nothing of the server is in
its memory or environment, it has limits on memory, time and file size, and of GDAL's drivers only
those of the formats we read.
"""
