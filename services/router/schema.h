/* Short forms for the libcyaml schemas of the router's files; nobody else includes this. */
#pragma once

#include "common/config.h"

enum { WORD_MAX = 64, NAME_BYTES_MAX = 160, SENTENCE_MAX = 512, LIST_MAX = 64, ROWS_MAX = 1024 };

#define SCHEMA_TEXT(key, structure, member, most)                                                            \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, 1, most)
#define SCHEMA_TEXT_OR_NONE(key, structure, member, most)                                                    \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, 1, most)
#define SCHEMA_WORDS(key, structure, member)                                                                 \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, structure, member, &router_word_schema, 0, LIST_MAX)
#define SCHEMA_WORDS_OR_NONE(key, structure, member)                                                         \
    CYAML_FIELD_SEQUENCE(                                                                                    \
        key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, &router_word_schema, 0, LIST_MAX)
#define SCHEMA_ROWS(key, structure, member, row_schema)                                                      \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, structure, member, row_schema, 0, ROWS_MAX)
#define SCHEMA_ROWS_OR_NONE(key, structure, member, row_schema)                                              \
    CYAML_FIELD_SEQUENCE(                                                                                    \
        key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, row_schema, 0, ROWS_MAX)
#define SCHEMA_YES_NO(key, structure, member) CYAML_FIELD_BOOL(key, CYAML_FLAG_DEFAULT, structure, member)
#define SCHEMA_YES_NO_OR_NONE(key, structure, member)                                                        \
    CYAML_FIELD_BOOL(key, CYAML_FLAG_OPTIONAL, structure, member)

extern const cyaml_schema_value_t router_word_schema;
