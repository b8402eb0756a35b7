-- Pseudo-random numbers that depend on {seed} and on the numbers given alone: not on threads, order or time.
-- Made for test data; nothing here protects anyone.
-- chance(number, purpose)  DOUBLE in [0, 1);  purpose in 0 .. 63 keeps draws for one number apart
-- bell(number, purpose)    DOUBLE, standard normal (Box and Muller 1958); uses purpose and purpose + 1
-- pick(number, purpose, n) BIGINT in 0 .. n - 1
CREATE MACRO chance(number, purpose) AS (hash(number * 64 + (purpose + {seed})) >> 11) / 9007199254740992.0;
CREATE MACRO bell(number, purpose) AS
    sqrt(-2 * ln(1 - chance(number, purpose))) * cos(2 * pi() * chance(number, purpose + 1));
CREATE MACRO pick(number, purpose, n) AS CAST(floor(chance(number, purpose) * n) AS BIGINT);
