/* SPDX-License-Identifier: MIT
 *
 * iocp-load: runs a load or draws reports, and writes what was asked for. */
#define _GNU_SOURCE
#include "chart.h"
#include "exits.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int main__write_json(const struct result *result)
{
    const char *path = result->options->json_path;
    if (!strcmp(path, "-")) {
        report_json(stdout, result);
        return fflush(stdout) ? -1 : 0;
    }
    FILE *file = fopen(path, "we");
    if (file) {
        report_json(file, result);
        bool failed = ferror(file);
        if (!fclose(file) && !failed)
            return 0;
    }
    fprintf(stderr, "iocp-load: %s: %s\n", path, strerror(errno));
    return -1;
}

/* Draws the reports named on the command line and, when there is one, the run just made. */
static int main__draw(const struct options *options, const char *path, const struct result *result)
{
    size_t count = 0, most = (size_t)options->file_count + 1;
    struct series *series = calloc(most, sizeof(*series));
    int failed = series ? 0 : -1;
    for (int i = 0; i < options->file_count && !failed; i++) {
        failed = series_read(&series[count], options->files[i]);
        count += !failed;
    }
    if (!failed && result) {
        failed = series_from_result(&series[count], result);
        count += !failed;
    }
    if (!failed)
        failed = chart_write(path, series, count);
    for (size_t i = 0; i < count; i++)
        series_free(&series[i]);
    free(series);
    return failed;
}

static int main__load(const struct options *options)
{
    static struct result result; /* holds a histogram: large for a stack */
    int code = run_execute(options, &result);
    bool json_on_stdout = options->json_path && !strcmp(options->json_path, "-");
    bool failed = false;
    if (result.measured && !options->quiet) {
        report_table(json_on_stdout ? stderr : stdout, &result);
        fflush(stdout);
    }
    if (code)
        fprintf(stderr, "iocp-load: %s\n", result.message);
    if (result.measured && options->json_path)
        failed |= main__write_json(&result) != 0;
    if (result.latency.count && options->svg_path)
        failed |= main__draw(options, options->svg_path, &result) != 0;
    return code ? code : failed ? EXIT_SYSTEM : EXIT_RIGHT;
}

int main(int argc, char **argv)
{
    struct options options;
    int leave = options_parse(&options, argc, argv);
    if (leave >= 0)
        return leave;
    if (options.chart_path)
        return main__draw(&options, options.chart_path, NULL) ? EXIT_SYSTEM : EXIT_RIGHT;
    return main__load(&options);
}
