/* Apache ECharts 6.1.0, https://echarts.apache.org, the parts that usagereport draws with.
   Copyright 2017-2026 The Apache Software Foundation. Licensed under the Apache License,
   Version 2.0, http://www.apache.org/licenses/LICENSE-2.0. This product includes software
   developed at The Apache Software Foundation (https://www.apache.org/). With ZRender 6.1.0,
   Copyright (c) 2017, Baidu Inc., and lines of d3.js, Copyright 2010-2016 Mike Bostock, both
   under the BSD 3-Clause License. */
