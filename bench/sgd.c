/* The linear model under SGD, one row a step, as one would write it in C; each epoch's order is drawn as in random.py. */
#include <stdint.h>

static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void shuffle(int64_t *order, int64_t n, uint64_t seed, uint64_t number) {
    const uint64_t gamma = 0x9E3779B97F4A7C15u;
    uint64_t word = mix(mix(seed + gamma) + number * gamma);
    for (int64_t i = 0; i < n; i++) order[i] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        word += gamma;
        int64_t j = (int64_t)(((mix(word) >> 32) * (uint64_t)(i + 1)) >> 32);
        int64_t other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
}

void train(double *weight, const double *inputs, const double *targets, int64_t *order, int64_t rows, int64_t fan_in,
           double lr, uint64_t seed, int64_t epoch, int64_t epochs) {
    for (int64_t e = epoch; e < epoch + epochs; e++) {
        shuffle(order, rows, seed, (uint64_t)e);
        for (int64_t r = 0; r < rows; r++) {
            const double *x = inputs + order[r] * fan_in;
            double output = 0.0;
            for (int64_t i = 0; i < fan_in; i++) output += x[i] * weight[i];
            double delta = 2.0 * (output - targets[order[r]]);
            for (int64_t i = 0; i < fan_in; i++) weight[i] -= lr * delta * x[i];
        }
    }
}
