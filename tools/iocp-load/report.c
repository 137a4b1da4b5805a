/* SPDX-License-Identifier: MIT
 *
 * The table and the JSON object. The names in the JSON are a promise (docs/iocp-load.md). */
#define _GNU_SOURCE
#include "report.h"

#include <string.h>

static const double report_shares[] = {0.5, 0.9, 0.99, 0.999};
static const char *const report_share_names[] = {"p50", "p90", "p99", "p99_9"};

void report_duration(char *text, size_t size, double nanoseconds, const char *micro)
{
    double value = nanoseconds;
    const char *unit = "ns";
    if (nanoseconds >= 999.5e6) {
        value = nanoseconds / 1e9;
        unit = "s";
    } else if (nanoseconds >= 999.5e3) {
        value = nanoseconds / 1e6;
        unit = "ms";
    } else if (nanoseconds >= 999.5) {
        value = nanoseconds / 1e3;
        unit = micro;
    }
    int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    if (unit[0] == 'n' || value == 0)
        digits = 0;
    snprintf(text, size, "%.*f %s", digits, value, unit);
}

void report_count(char *text, size_t size, uint64_t number)
{
    char plain[32];
    int length = snprintf(plain, sizeof(plain), "%llu", (unsigned long long)number);
    size_t at = 0;
    for (int i = 0; i < length && at + 2 < size; i++) {
        if (i && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = plain[i];
    }
    text[at] = '\0';
}

static double report__rate(const struct result *result)
{
    return result->seconds > 0 ? (double)result->latency.count / result->seconds : 0;
}

static double report__per_request(const struct result *result, double value)
{
    return result->latency.count ? value / (double)result->latency.count : 0;
}

static void report__latency(FILE *out, const struct histogram *latency)
{
    char text[5][32], mean[32];
    for (size_t i = 0; i < 4; i++)
        report_duration(text[i], sizeof(text[i]), histogram_quantile(latency, report_shares[i]),
                        "us");
    report_duration(text[4], sizeof(text[4]), (double)latency->max, "us");
    report_duration(mean, sizeof(mean), histogram_mean(latency), "us");
    fprintf(out, "latency     %12s %12s %12s %12s %12s %12s\n", "p50", "p90", "p99", "p99.9", "max",
            "mean");
    fprintf(out, "            %12s %12s %12s %12s %12s %12s\n", text[0], text[1], text[2], text[3],
            text[4], mean);
}

static void report__server(FILE *out, const struct result *result)
{
    const struct procstat *server = &result->server;
    fprintf(out, "server      %12.2f us CPU/request, %.2f cores, %.3f context switches/request\n",
            report__per_request(result, server->cpu_seconds * 1e6),
            server->cpu_seconds / result->seconds,
            report__per_request(result, (double)server->switches));
    fprintf(out, "            %12.1f MiB resident, %u threads", (double)server->rss_bytes / 1048576,
            server->threads);
    if (result->options->idle)
        fprintf(out, ", %.0f bytes resident per idle connection", result->idle_rss_bytes);
    fputc('\n', out);
}

void report_table(FILE *out, const struct result *result)
{
    const struct options *options = result->options;
    char count[32], rate_asked[32];
    report_count(count, sizeof(count), result->latency.count);
    if (*options->label)
        fprintf(out, "%s: ", options->label);
    fprintf(out, "%s port %s, %u connection%s, %u thread%s, %zu bytes, depth %u", options->host,
            options->port, options->connections, options->connections == 1 ? "" : "s",
            options->threads, options->threads == 1 ? "" : "s", options->size, options->depth);
    if (options->reconnect)
        fprintf(out, ", a connection for each request");
    if (options->polite)
        fprintf(out, ", polite");
    if (options->idle)
        fprintf(out, ", %u idle connections", options->idle);
    if (options->rate) {
        report_count(rate_asked, sizeof(rate_asked), options->rate);
        fprintf(out, ", %s requests due each second", rate_asked);
    }
    fprintf(out, "\nrequests    %12s in %.3f s, %s\n", count, result->seconds,
            result->exit_code ? "then stopped" : "every byte of every echo right");
    if (!result->latency.count)
        return;
    double rate = report__rate(result);
    report_count(count, sizeof(count), (uint64_t)(rate + 0.5));
    fprintf(out, "throughput  %12s requests/s, %.1f MiB/s each way\n", count,
            rate * (double)options->size / 1048576);
    report__latency(out, &result->latency);
    if (result->server_known)
        report__server(out, result);
    fprintf(out, "client      %12.2f us CPU/request, %.2f cores\n",
            report__per_request(result, result->client_cpu_seconds * 1e6),
            result->client_cpu_seconds / result->seconds);
}

static void report__json_string(FILE *out, const char *name, const char *text)
{
    fprintf(out, "  \"%s\": \"", name);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputs("\",\n", out);
}

static void report__json_load(FILE *out, const struct result *result)
{
    const struct options *options = result->options;
    char date[32];
    struct tm utc;
    gmtime_r(&result->started, &utc);
    strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
    report__json_string(out, "tool", "iocp-load");
    report__json_string(out, "label", options->label);
    report__json_string(out, "started", date);
    report__json_string(out, "host", options->host);
    report__json_string(out, "port", options->port);
    fprintf(out, "  \"connections\": %u,\n  \"threads\": %u,\n  \"size_bytes\": %zu,\n",
            options->connections, options->threads, options->size);
    fprintf(out, "  \"reconnect\": %s,\n", options->reconnect ? "true" : "false");
    fprintf(out, "  \"rate\": %llu,\n", (unsigned long long)options->rate);
    fprintf(out, "  \"polite\": %s,\n", options->polite ? "true" : "false");
    fprintf(out, "  \"depth\": %u,\n  \"idle_connections\": %u,\n  \"requests_asked\": %llu,\n",
            options->depth, options->idle, (unsigned long long)options->requests);
}

static void report__json_histogram(FILE *out, const struct histogram *latency)
{
    fprintf(out, "  \"latency_us\": {\n    \"mean\": %.3f,\n", histogram_mean(latency) / 1e3);
    for (size_t i = 0; i < 4; i++)
        fprintf(out, "    \"%s\": %.3f,\n", report_share_names[i],
                histogram_quantile(latency, report_shares[i]) / 1e3);
    fprintf(out, "    \"max\": %.3f\n  },\n", (double)latency->max / 1e3);
    fputs("  \"histogram_ns\": [", out);
    const char *separator = "";
    for (size_t i = 0; i < HISTOGRAM_CELLS; i++) {
        if (!latency->cells[i])
            continue;
        fprintf(out, "%s[%.17g, %llu]", separator, histogram_value(i),
                (unsigned long long)latency->cells[i]);
        separator = ", ";
    }
    fputs("],\n", out);
}

void report_json(FILE *out, const struct result *result)
{
    fputs("{\n", out);
    report__json_load(out, result);
    fprintf(out, "  \"exit_code\": %d,\n", result->exit_code);
    report__json_string(out, "message", result->message);
    fprintf(out, "  \"requests\": %llu,\n  \"seconds\": %.6f,\n  \"requests_per_second\": %.1f,\n",
            (unsigned long long)result->latency.count, result->seconds, report__rate(result));
    report__json_histogram(out, &result->latency);
    if (result->server_known) {
        const struct procstat *server = &result->server;
        fprintf(out,
                "  \"server\": {\n    \"cpu_seconds\": %.6f,\n    \"cpu_us_per_request\": %.4f,\n"
                "    \"context_switches\": %llu,\n    \"context_switches_per_request\": %.4f,\n"
                "    \"rss_bytes\": %llu,\n    \"threads\": %u,\n"
                "    \"rss_bytes_per_idle_connection\": %.1f\n  },\n",
                server->cpu_seconds, report__per_request(result, server->cpu_seconds * 1e6),
                (unsigned long long)server->switches,
                report__per_request(result, (double)server->switches),
                (unsigned long long)server->rss_bytes, server->threads, result->idle_rss_bytes);
    }
    fprintf(out,
            "  \"client\": {\n    \"cpu_seconds\": %.6f,\n    \"cpu_us_per_request\": %.4f\n"
            "  }\n}\n",
            result->client_cpu_seconds,
            report__per_request(result, result->client_cpu_seconds * 1e6));
}
