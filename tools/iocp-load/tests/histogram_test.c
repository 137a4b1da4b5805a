/* SPDX-License-Identifier: MIT
 *
 * The histogram keeps its promise: every value is reported within 0.4 %, cells are in order, and
 * quantiles agree with a sorted list. Exit 0, or 1 with what was wrong. */
#include "../histogram.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUES = 20000 };

static int failures;

static void check(int right, const char *what, uint64_t value)
{
    if (right)
        return;
    printf("wrong: %s (value %llu)\n", what, (unsigned long long)value);
    failures++;
}

static void check_cell(uint64_t value)
{
    size_t cell = histogram_cell(value);
    check(cell < HISTOGRAM_CELLS, "the cell exists", value);
    double error = fabs(histogram_value(cell) - (double)value);
    check(error <= 0.004 * (double)value, "the cell's value is within 0.4 %", value);
    if (value)
        check(histogram_cell(value - 1) <= cell, "cells are in order", value);
}

static void test_cells(void)
{
    for (uint64_t value = 0; value < 100000; value++)
        check_cell(value);
    for (unsigned bit = 17; bit < 64; bit++) {
        uint64_t power = UINT64_C(1) << bit;
        check_cell(power - 1);
        check_cell(power);
        check_cell(power + 1);
        check_cell(power + power / 2 + power / 7);
    }
    check_cell(UINT64_MAX);
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void test_quantiles(void)
{
    static struct histogram halves[2], whole;
    static uint64_t values[VALUES];
    static const double shares[] = {0, 0.5, 0.9, 0.99, 0.999, 1};
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < VALUES; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        values[i] = (state >> 20) >> (state % 40);
        histogram_add(&halves[i % 2], values[i]);
    }
    histogram_merge(&whole, &halves[0]);
    histogram_merge(&whole, &halves[1]);
    qsort(values, VALUES, sizeof(values[0]), compare);
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        size_t rank = (size_t)ceil(shares[i] * VALUES);
        uint64_t right = values[rank ? rank - 1 : 0];
        double told = histogram_quantile(&whole, shares[i]);
        check(fabs(told - (double)right) <= 0.008 * (double)right, "the quantile", right);
    }
    check(whole.count == VALUES, "the count", whole.count);
    check(whole.max == values[VALUES - 1], "the maximum is exact", whole.max);
}

static void test_empty(void)
{
    static struct histogram empty;
    check(histogram_quantile(&empty, 0.5) == 0, "no values, no quantile", 0);
    check(histogram_mean(&empty) == 0, "no values, no mean", 0);
}

int main(void)
{
    test_cells();
    test_quantiles();
    test_empty();
    printf("%s\n", failures ? "failed" : "passed");
    return failures != 0;
}
