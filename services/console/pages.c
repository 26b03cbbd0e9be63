#include "pages.h"

#include "exchange.h"

#include <sodium.h>
#include <string.h>

void page_etag(const void *bytes, size_t size, char out[PAGE_ETAG + 1]) {
    uint8_t hash[16];
    char digits[2 * sizeof hash + 1];
    crypto_generichash(hash, sizeof hash, bytes, size, NULL, 0);
    sodium_bin2hex(digits, sizeof digits, hash, sizeof hash);
    snprintf(out, PAGE_ETAG + 1, "\"%s\"", digits);
}

void pages_open(struct pages *pages) {
    for (unsigned i = 0; i < web_file_count && i < PAGES_MAX; i++)
        page_etag(web_files[i].bytes, web_files[i].size, pages->etags[i]);
}

/* A proxy that compresses makes it weak (W/"..."): the quoted part is what counts. */
bool page_is_known(const struct request *request, const char *etag) {
    const char *known = request->header(request, "If-None-Match");
    return known && strstr(known, etag) != NULL;
}

bool pages_answer(const struct pages *pages, const struct request *request, struct answer *answer) {
    for (unsigned i = 0; i < web_file_count && i < PAGES_MAX; i++) {
        const struct web_file *file = &web_files[i];
        if (strcmp(file->path, request->path) != 0)
            continue;
        if (page_is_known(request, pages->etags[i]))
            *answer = (struct answer){.status = 304};
        else
            *answer = (struct answer){
                .status = 200, .content_type = file->type, .body = file->bytes, .body_size = file->size};
        reply_headers(answer, "no-cache");
        answer_header(answer, "ETag", pages->etags[i]);
        return true;
    }
    return false;
}
