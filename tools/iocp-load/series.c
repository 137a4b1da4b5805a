/* SPDX-License-Identifier: MIT
 *
 * Reads reports written by report.c back. The reader takes any JSON object, picks the members it
 * knows at the top level (and latency_us.max) and skips the rest. */
#define _GNU_SOURCE
#include "series.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_NESTING_MAX = 32 };

struct reader {
    const char *at;
    struct series *series;
    size_t capacity; /* of series->points */
    unsigned nesting;
};

static int series__add(struct reader *reader, double nanoseconds, double count)
{
    struct series *series = reader->series;
    if (series->point_count == reader->capacity) {
        size_t capacity = reader->capacity ? 2 * reader->capacity : 256;
        struct series_point *points = realloc(series->points, capacity * sizeof(*points));
        if (!points)
            return -1;
        series->points = points;
        reader->capacity = capacity;
    }
    series->points[series->point_count++] =
        (struct series_point){.nanoseconds = nanoseconds, .count = (uint64_t)count};
    return 0;
}

static char series__next(struct reader *reader)
{
    while (*reader->at && strchr(" \t\r\n", *reader->at))
        reader->at++;
    return *reader->at;
}

static int series__expect(struct reader *reader, char c)
{
    if (series__next(reader) != c)
        return -1;
    reader->at++;
    return 0;
}

/* Escapes other than \" and \\ and \/ are kept as they stand: labels need no more. */
static int series__string(struct reader *reader, char *text, size_t size)
{
    size_t length = 0;
    if (series__expect(reader, '"'))
        return -1;
    for (; *reader->at && *reader->at != '"'; reader->at++) {
        if (*reader->at == '\\' && reader->at[1] && strchr("\"\\/", reader->at[1]))
            reader->at++;
        if (length + 1 < size)
            text[length++] = *reader->at;
    }
    text[length] = '\0';
    return series__expect(reader, '"');
}

static int series__number(struct reader *reader, double *number)
{
    char *end;
    series__next(reader);
    *number = strtod(reader->at, &end);
    if (end == reader->at || !isfinite(*number) || *number < 0)
        return -1;
    reader->at = end;
    return 0;
}

static int series__skip(struct reader *reader);

/* Elements or members up to the closing bracket, all skipped. */
static int series__skip_inside(struct reader *reader, char close, bool named)
{
    reader->at++;
    if (series__next(reader) == close) {
        reader->at++;
        return 0;
    }
    for (;;) {
        char name[8];
        if (named && (series__string(reader, name, sizeof(name)) || series__expect(reader, ':')))
            return -1;
        if (series__skip(reader))
            return -1;
        if (series__next(reader) != ',')
            return series__expect(reader, close);
        reader->at++;
    }
}

static int series__skip(struct reader *reader)
{
    char text[8];
    char c = series__next(reader);
    if (c == '"')
        return series__string(reader, text, sizeof(text));
    if (c == '{' || c == '[') {
        if (++reader->nesting > SERIES_NESTING_MAX)
            return -1;
        int failed = series__skip_inside(reader, c == '{' ? '}' : ']', c == '{');
        reader->nesting--;
        return failed;
    }
    size_t length = strcspn(reader->at, " \t\r\n,]}");
    reader->at += length;
    return length ? 0 : -1;
}

/* [[nanoseconds, count], ...] */
static int series__histogram(struct reader *reader)
{
    if (series__expect(reader, '['))
        return -1;
    if (series__next(reader) == ']')
        return series__expect(reader, ']');
    for (;;) {
        double nanoseconds, count;
        if (series__expect(reader, '[') || series__number(reader, &nanoseconds) ||
            series__expect(reader, ',') || series__number(reader, &count) ||
            series__expect(reader, ']') || series__add(reader, nanoseconds, count))
            return -1;
        if (series__next(reader) != ',')
            return series__expect(reader, ']');
        reader->at++;
    }
}

static int series__member(struct reader *reader, const char *name, bool *found)
{
    struct series *series = reader->series;
    double number;
    *found = true;
    if (!strcmp(name, "label"))
        return series__string(reader, series->label, sizeof(series->label));
    if (!strcmp(name, "histogram_ns"))
        return series__histogram(reader);
    *found = !strcmp(name, "connections") || !strcmp(name, "threads") || !strcmp(name, "depth") ||
             !strcmp(name, "idle_connections") || !strcmp(name, "size_bytes") ||
             !strcmp(name, "requests") || !strcmp(name, "requests_per_second");
    if (!*found)
        return 0;
    if (series__number(reader, &number))
        return -1;
    if (!strcmp(name, "connections"))
        series->connections = (unsigned)number;
    else if (!strcmp(name, "threads"))
        series->threads = (unsigned)number;
    else if (!strcmp(name, "depth"))
        series->depth = (unsigned)number;
    else if (!strcmp(name, "idle_connections"))
        series->idle = (unsigned)number;
    else if (!strcmp(name, "size_bytes"))
        series->size = (uint64_t)number;
    else if (!strcmp(name, "requests"))
        series->requests = (uint64_t)number;
    else
        series->requests_per_second = number;
    return 0;
}

/* The members of the report, or of its latency_us. */
static int series__object(struct reader *reader, bool inner)
{
    if (series__expect(reader, '{'))
        return -1;
    do {
        char name[64];
        bool found = false;
        double number;
        if (series__string(reader, name, sizeof(name)) || series__expect(reader, ':'))
            return -1;
        if (inner && !strcmp(name, "max")) {
            found = true;
            if (series__number(reader, &number))
                return -1;
            reader->series->max = number * 1e3;
        } else if (!inner && !strcmp(name, "latency_us")) {
            found = true;
            if (series__object(reader, true))
                return -1;
        } else if (!inner && series__member(reader, name, &found)) {
            return -1;
        }
        if (!found && series__skip(reader))
            return -1;
    } while (series__next(reader) == ',' && reader->at++);
    return series__expect(reader, '}');
}

/* The whole file as a string; NULL with errno on failure. */
static char *series__load(const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    size_t length = 0, capacity = 65536;
    char *text = malloc(capacity);
    while (text) {
        length += fread(text + length, 1, capacity - length - 1, file);
        if (length < capacity - 1)
            break;
        capacity *= 2;
        char *larger = realloc(text, capacity);
        if (!larger)
            free(text);
        text = larger;
    }
    if (text)
        text[length] = '\0';
    bool failed = ferror(file);
    fclose(file);
    if (failed) {
        free(text);
        errno = EIO;
        return NULL;
    }
    return text;
}

static void series__name_after(struct series *series, const char *path)
{
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    size_t length = strlen(base);
    if (length > 5 && !strcmp(base + length - 5, ".json"))
        length -= 5;
    snprintf(series->label, sizeof(series->label), "%.*s", (int)(length > 90 ? 90 : length), base);
}

int series_read(struct series *series, const char *path)
{
    *series = (struct series){0};
    char *text = series__load(path);
    if (!text) {
        fprintf(stderr, "iocp-load: %s: %s\n", path, strerror(errno));
        return -1;
    }
    struct reader reader = {.at = text, .series = series};
    int failed = series__object(&reader, false);
    if (failed)
        fprintf(stderr, "iocp-load: %s: no report of iocp-load (byte %td is not as expected)\n",
                path, reader.at - text);
    else if (!series->point_count)
        fprintf(stderr, "iocp-load: %s: no latencies in it\n", path);
    free(text);
    if (failed || !series->point_count) {
        series_free(series);
        return -1;
    }
    if (!series->label[0])
        series__name_after(series, path);
    return 0;
}

int series_from_result(struct series *series, const struct result *result)
{
    const struct options *options = result->options;
    struct reader reader = {.series = series};
    *series = (struct series){
        .connections = options->connections,
        .threads = options->threads,
        .depth = options->depth,
        .idle = options->idle,
        .size = options->size,
        .requests = result->latency.count,
        .requests_per_second = (double)result->latency.count / result->seconds,
        .max = (double)result->latency.max,
    };
    snprintf(series->label, sizeof(series->label), "%s",
             *options->label ? options->label : "this run");
    for (size_t i = 0; i < HISTOGRAM_CELLS; i++) {
        uint64_t count = result->latency.cells[i];
        if (count && series__add(&reader, histogram_value(i), (double)count)) {
            fputs("iocp-load: out of memory\n", stderr);
            series_free(series);
            return -1;
        }
    }
    return 0;
}

void series_free(struct series *series)
{
    free(series->points);
    series->points = NULL;
    series->point_count = 0;
}

double series_quantile(const struct series *series, double share)
{
    uint64_t total = 0, seen = 0;
    for (size_t i = 0; i < series->point_count; i++)
        total += series->points[i].count;
    for (size_t i = 0; i < series->point_count; i++) {
        seen += series->points[i].count;
        if ((double)seen >= share * (double)total)
            return series->points[i].nanoseconds;
    }
    return series->max;
}
