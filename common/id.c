#include "common/id.h"

#include <sodium.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct id id_make(int64_t at_ms, const uint8_t tail[10]) {
    struct id id;
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(at_ms >> (40 - 8 * i));
    memcpy(id.bytes + 6, tail, 10);
    return id;
}

struct id id_make_placed(int64_t at_ms, uint64_t place, const uint8_t tail[10]) {
    struct id id = id_make(at_ms, tail);
    id.bytes[6] = (uint8_t)(place >> 8);
    id.bytes[7] = (uint8_t)place;
    return id;
}

struct id id_derive(
    int64_t at_ms, const uint8_t incarnation[16], uint32_t lane, uint64_t sequence, uint32_t ordinal) {
    uint8_t input[16 + 16], hash[crypto_generichash_BYTES_MIN], tail[10];
    memcpy(input, incarnation, 16);
    memcpy(input + 16, &lane, 4);
    memcpy(input + 20, &sequence, 8);
    memcpy(input + 28, &ordinal, 4);
    crypto_generichash(hash, sizeof hash, input, sizeof input, NULL, 0);
    memcpy(tail, hash, sizeof tail);
    return id_make_placed(at_ms, sequence, tail);
}

int64_t id_time(const struct id *id) {
    int64_t at = 0;
    for (int i = 0; i < 6; i++)
        at = at << 8 | id->bytes[i];
    return at;
}

bool id_from_bytes(const void *bytes, size_t size, struct id *out) {
    memset(out, 0, sizeof *out);
    if (size != ID_BYTES)
        return false;
    memcpy(out->bytes, bytes, ID_BYTES);
    return true;
}

/* 128 bits are 26 characters of 5 bits with two leading zero bits. */
void id_to_text(const struct id *id, char text[ID_TEXT + 1]) {
    unsigned __int128 value = 0;
    for (int i = 0; i < ID_BYTES; i++)
        value = value << 8 | id->bytes[i];
    for (int i = ID_TEXT - 1; i >= 0; i--) {
        text[i] = alphabet[(unsigned)value & 31];
        value >>= 5;
    }
    text[ID_TEXT] = 0;
}

bool id_from_text(const char *text, struct id *out) {
    unsigned __int128 value = 0;
    memset(out, 0, sizeof *out);
    if (strlen(text) != ID_TEXT || text[0] < '0' || text[0] > '7')
        return false;
    for (int i = 0; i < ID_TEXT; i++) {
        char c = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
        const char *at = strchr(alphabet, c);
        if (!at)
            return false;
        value = value << 5 | (unsigned)(at - alphabet);
    }
    for (int i = ID_BYTES - 1; i >= 0; i--) {
        out->bytes[i] = (uint8_t)value;
        value >>= 8;
    }
    return true;
}
