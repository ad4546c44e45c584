/* CodeMirror 6, https://codemirror.net, the parts that usagereport's SQL page edits with, and Lezer.
   Copyright (C) 2018 by Marijn Haverbeke and others. Licensed under the MIT License. */
