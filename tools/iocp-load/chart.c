/* SPDX-License-Identifier: MIT
 *
 * Draws series as SVG by hand: no library, nothing to load, opens in any browser. */
#define _GNU_SOURCE
#include "chart.h"
#include "report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    CHART_WIDTH = 960,
    CHART_LEFT = 84,
    CHART_RIGHT = 916,
    CHART_TOP = 72,
    CHART_BOTTOM = 432,
    CHART_LEGEND = 522, /* first line of the legend */
    CHART_LINE = 22,
    CHART_COLOURS = 8,
};

enum chart_part {
    CHART_CONNECTIONS = 1,
    CHART_THREADS = 2,
    CHART_SIZE = 4,
    CHART_DEPTH = 8,
    CHART_IDLE = 16,
    CHART_ALL = 31,
};

/* Told apart by people who see colours differently too; dashes help from the ninth on. */
static const char *const chart_colours[CHART_COLOURS] = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#000000", "#7b3294"};
static const char *const chart_dashes[] = {"none", "7 3", "2 3"};

struct chart {
    FILE *out;
    const struct series *series;
    size_t count;
    double nines;     /* the right edge is at 1 - 10^-nines */
    double low, high; /* the y axis, nanoseconds */
};

static double chart__x(const struct chart *chart, double nines)
{
    return CHART_LEFT + (CHART_RIGHT - CHART_LEFT) * nines / chart->nines;
}

static double chart__y(const struct chart *chart, double nanoseconds)
{
    double share = log(nanoseconds / chart->low) / log(chart->high / chart->low);
    return CHART_BOTTOM - (CHART_BOTTOM - CHART_TOP) * share;
}

/* The nearest of 1, 2, 5 times a power of ten, below or above. */
static double chart__round(double value, bool up)
{
    static const double steps[] = {1, 2, 5, 10};
    double decade = pow(10, floor(log10(value) + 1e-9));
    if (up) {
        for (int i = 0; i < 4; i++)
            if (steps[i] * decade >= value * (1 - 1e-9))
                return steps[i] * decade;
    }
    for (int i = 3; i > 0; i--)
        if (steps[i] * decade <= value * (1 + 1e-9))
            return steps[i] * decade;
    return decade;
}

static void chart__scale(struct chart *chart)
{
    double most = 0, low = INFINITY, high = 0;
    for (size_t i = 0; i < chart->count; i++) {
        const struct series *series = &chart->series[i];
        most = fmax(most, (double)series->requests);
        /* The fastest hundredth fills no room to the right: it need not fill the height. */
        low = fmin(low, series_quantile(series, 0.01));
        high = fmax(high, fmax(series->max, series->points[series->point_count - 1].nanoseconds));
    }
    chart->nines = fmin(fmax(ceil(log10(fmax(most, 1)) - 1e-9), 2), 9);
    chart->low = chart__round(fmax(low, 1), false);
    chart->high = chart__round(fmax(high, 1), true);
    if (chart->high < 2 * chart->low)
        chart->high = 10 * chart->low;
}

static void chart__text(FILE *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '&')
            fputs("&amp;", out);
        else if (*c == '<')
            fputs("&lt;", out);
        else if (*c == '>')
            fputs("&gt;", out);
        else if (*c >= 0x20)
            fputc(*c, out);
    }
}

/* Which parts of the load are not the same in all series: the legend says those, line by line,
 * and the title the others, once. */
static unsigned chart__differing(const struct chart *chart)
{
    const struct series *first = chart->series;
    unsigned differing = 0;
    for (size_t i = 1; i < chart->count; i++) {
        const struct series *other = &chart->series[i];
        differing |= first->connections != other->connections ? CHART_CONNECTIONS : 0u;
        differing |= first->threads != other->threads ? CHART_THREADS : 0u;
        differing |= first->size != other->size ? CHART_SIZE : 0u;
        differing |= first->depth != other->depth ? CHART_DEPTH : 0u;
        differing |= first->idle != other->idle ? CHART_IDLE : 0u;
    }
    return differing;
}

static void chart__describe(FILE *out, const struct series *series, unsigned parts)
{
    char count[32];
    const char *comma = "";
    if (parts & CHART_CONNECTIONS) {
        report_count(count, sizeof(count), series->connections);
        fprintf(out, "%s connection%s", count, series->connections == 1 ? "" : "s");
        comma = ", ";
    }
    if (parts & CHART_THREADS) {
        fprintf(out, "%s%u client thread%s", comma, series->threads,
                series->threads == 1 ? "" : "s");
        comma = ", ";
    }
    if (parts & CHART_SIZE) {
        report_count(count, sizeof(count), series->size);
        fprintf(out, "%s%s bytes", comma, count);
        comma = ", ";
    }
    if (parts & CHART_DEPTH) {
        fprintf(out, "%sdepth %u", comma, series->depth);
        comma = ", ";
    }
    if (parts & CHART_IDLE) {
        report_count(count, sizeof(count), series->idle);
        fprintf(out, "%s%s idle", comma, count);
    }
}

static void chart__title(const struct chart *chart)
{
    FILE *out = chart->out;
    char count[32];
    uint64_t total = 0;
    for (size_t i = 0; i < chart->count; i++)
        total += chart->series[i].requests;
    report_count(count, sizeof(count), total);
    fprintf(out, "<text x=\"%d\" y=\"30\" font-size=\"19\" font-weight=\"bold\">", CHART_LEFT);
    fprintf(out, "Latency of %s echoes", count);
    if (chart->count == 1) {
        fputs(": ", out);
        chart__text(out, chart->series[0].label);
    }
    fprintf(out, "</text>\n<text x=\"%d\" y=\"52\" fill=\"#555\">", CHART_LEFT);
    unsigned common = CHART_ALL & ~chart__differing(chart);
    if (!chart->series[0].idle)
        common &= ~(unsigned)CHART_IDLE;
    chart__describe(out, chart->series, common);
    fputs("</text>\n", out);
}

static void chart__vertical(const struct chart *chart, double nines, const char *label)
{
    double x = chart__x(chart, nines);
    fprintf(chart->out,
            "<path d=\"M%.1f %d V%d\" stroke=\"#ddd\"/>"
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
            x, CHART_TOP, CHART_BOTTOM, x, CHART_BOTTOM + 20, label);
}

static void chart__x_axis(const struct chart *chart)
{
    chart__vertical(chart, 0, "0 %");
    chart__vertical(chart, -log10(0.5), "50 %");
    for (int nines = 1; nines <= (int)chart->nines; nines++) {
        char label[32];
        snprintf(label, sizeof(label), "%.*f %%", nines > 2 ? nines - 2 : 0,
                 100 * (1 - pow(10, -nines)));
        chart__vertical(chart, nines, label);
    }
    fprintf(chart->out,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">share of requests answered within that "
            "time (each step: ten times rarer)</text>\n",
            (CHART_LEFT + CHART_RIGHT) / 2, CHART_BOTTOM + 42);
}

static void chart__y_axis(const struct chart *chart)
{
    bool all = chart->high / chart->low <= 3000; /* room for a label at each 1, 2, 5 */
    double value = chart->low;
    while (value <= chart->high * (1 + 1e-9)) {
        double decade = pow(10, floor(log10(value) + 1e-9));
        double y = chart__y(chart, value);
        bool whole = value < decade * 1.5;
        fprintf(chart->out, "<path d=\"M%d %.1f H%d\" stroke=\"%s\"/>", CHART_LEFT, y, CHART_RIGHT,
                whole ? "#bbb" : "#e8e8e8");
        if (whole || all) {
            char label[32];
            report_duration(label, sizeof(label), value, "\xc2\xb5s");
            /* whole numbers read better on an axis: "10 us", not "10.0 us" */
            char *point = strchr(label, '.');
            if (point)
                memmove(point, strchr(label, ' '), strlen(strchr(label, ' ')) + 1);
            fprintf(chart->out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    CHART_LEFT - 8, y + 4.5, label);
        }
        fputc('\n', chart->out);
        value = chart__round(value * 1.5, true);
    }
    fprintf(chart->out,
            "<text transform=\"translate(20 %d) rotate(-90)\" text-anchor=\"middle\">latency"
            "</text>\n",
            (CHART_TOP + CHART_BOTTOM) / 2);
}

static void chart__style(const struct chart *chart, size_t index)
{
    fprintf(chart->out, "fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"",
            chart_colours[index % CHART_COLOURS], chart_dashes[index / CHART_COLOURS % 3]);
}

static void chart__curve(const struct chart *chart, size_t index)
{
    const struct series *series = &chart->series[index];
    uint64_t total = 0, seen = 0;
    for (size_t i = 0; i < series->point_count; i++)
        total += series->points[i].count;
    double last = log10(fmax((double)total, 1)); /* the slowest one stands at 1 - 1/total */
    fprintf(chart->out, "<path ");
    chart__style(chart, index);
    fprintf(chart->out, " d=\"M%.1f %.1f", chart__x(chart, 0),
            chart__y(chart, fmax(series->points[0].nanoseconds, chart->low)));
    for (size_t i = 0; i < series->point_count; i++) {
        seen += series->points[i].count;
        double nines = seen < total ? fmin(-log10(1 - (double)seen / (double)total), last) : last;
        double value = i + 1 == series->point_count && series->max > 0
                           ? series->max
                           : series->points[i].nanoseconds;
        fprintf(chart->out, " L%.1f %.1f", chart__x(chart, fmin(nines, chart->nines)),
                chart__y(chart, fmax(value, chart->low)));
    }
    fputs("\"/>\n", chart->out);
}

static void chart__column(const struct chart *chart, int y, int column, const char *text)
{
    static const int edges[] = {592, 676, 756, 836, CHART_RIGHT};
    fprintf(chart->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", edges[column], y,
            text);
}

static void chart__legend_head(const struct chart *chart)
{
    static const char *const names[] = {"requests/s", "p50", "p99", "p99.9", "max"};
    fputs("<g fill=\"#555\">", chart->out);
    for (int i = 0; i < 5; i++)
        chart__column(chart, CHART_LEGEND - CHART_LINE, i, names[i]);
    fputs("</g>\n", chart->out);
}

static void chart__legend_line(const struct chart *chart, size_t index, unsigned parts)
{
    static const double shares[] = {0.5, 0.99, 0.999};
    const struct series *series = &chart->series[index];
    int y = CHART_LEGEND + (int)index * CHART_LINE;
    char text[32];
    fprintf(chart->out, "<path d=\"M%d %d h28\" ", CHART_LEFT, y - 4);
    chart__style(chart, index);
    fprintf(chart->out, "/><text x=\"%d\" y=\"%d\">", CHART_LEFT + 38, y);
    chart__text(chart->out, series->label);
    if (parts) {
        fputs(*series->label ? ": " : "", chart->out);
        chart__describe(chart->out, series, parts);
    }
    fputs("</text>", chart->out);
    report_count(text, sizeof(text), (uint64_t)(series->requests_per_second + 0.5));
    chart__column(chart, y, 0, text);
    for (int i = 0; i < 3; i++) {
        report_duration(text, sizeof(text), series_quantile(series, shares[i]), "\xc2\xb5s");
        chart__column(chart, y, i + 1, text);
    }
    report_duration(text, sizeof(text), series->max, "\xc2\xb5s");
    chart__column(chart, y, 4, text);
    fputc('\n', chart->out);
}

int chart_write(const char *path, const struct series *series, size_t count)
{
    struct chart chart = {.series = series, .count = count};
    chart.out = fopen(path, "we");
    if (!chart.out) {
        fprintf(stderr, "iocp-load: %s: %s\n", path, strerror(errno));
        return -1;
    }
    int height = CHART_LEGEND + (int)count * CHART_LINE;
    chart__scale(&chart);
    fprintf(chart.out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
            CHART_WIDTH, height, CHART_WIDTH, height);
    chart__title(&chart);
    chart__x_axis(&chart);
    chart__y_axis(&chart);
    for (size_t i = 0; i < count; i++)
        chart__curve(&chart, i);
    chart__legend_head(&chart);
    for (size_t i = 0; i < count; i++)
        chart__legend_line(&chart, i, chart__differing(&chart));
    fputs("</svg>\n", chart.out);
    bool failed = ferror(chart.out);
    if (fclose(chart.out) || failed) {
        fprintf(stderr, "iocp-load: %s: %s\n", path, strerror(errno));
        return -1;
    }
    return 0;
}
