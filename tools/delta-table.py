"""Make a Delta table of the Parquet files of a folder whose folders are named KEY=VALUE.

    delta-table.py FILES TABLE KEY...

Trino cannot write Delta tables to local files, so the tests let the library of Delta
itself write them: pip install deltalake pyarrow.
"""

import sys

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import write_deltalake

source, table, keys = sys.argv[1], sys.argv[2], sys.argv[3:]
partitions = ds.partitioning(pa.schema([(k, pa.string()) for k in keys]), flavor="hive")
write_deltalake(table, ds.dataset(source, format="parquet", partitioning=partitions).to_table(), partition_by=keys)
