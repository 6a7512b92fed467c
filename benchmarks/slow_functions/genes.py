# slow: reverse_complement, local, 4500
def reverse_complement(dna):
    result = ""
    for base in dna:
        if base == "A":
            result = "T" + result
        elif base == "T":
            result = "A" + result
        elif base == "G":
            result = "C" + result
        elif base == "C":
            result = "G" + result
        else:
            result = "N" + result
    return result
# fast
def reverse_complement(dna):
    pairs = {"A": "T", "T": "A", "G": "C", "C": "G"}
    return "".join([pairs.get(base, "N") for base in reversed(dna)])
# calls: draw.some("ACGTN", n),


# slow: gc_windows, local, 900
def gc_windows(dna, size):
    shares = []
    for i in range(len(dna) - size + 1):
        window = dna[i:i + size]
        gc = 0
        for base in window:
            if base in ["G", "C"]:
                gc += 1
        shares.append(gc / size)
    return shares
# fast
def gc_windows(dna, size):
    shares = []
    for i in range(len(dna) - size + 1):
        window = dna[i:i + size]
        shares.append((window.count("G") + window.count("C")) / size)
    return shares
# calls: draw.some("ACGT", n + 4), draw.randint(2, n // 20 + 3)


# slow: kmer_counts, algorithm, 500
def kmer_counts(dna, k):
    kmers = []
    for i in range(len(dna) - k + 1):
        kmers.append(dna[i:i + k])
    counts = {}
    for kmer in kmers:
        counts[kmer] = kmers.count(kmer)
    return counts
# fast
def kmer_counts(dna, k):
    counts = {}
    for i in range(len(dna) - k + 1):
        kmer = dna[i:i + k]
        counts[kmer] = counts.get(kmer, 0) + 1
    return counts
# calls: draw.some("ACGT", n + 3), draw.randint(1, 4)


# slow: closest_pair, local, 40
def closest_pair(sequences):
    best = None
    best_distance = None
    for i in range(len(sequences)):
        for j in range(len(sequences)):
            if i == j:
                continue
            distance = 0
            for k in range(len(sequences[i])):
                if sequences[i][k] != sequences[j][k]:
                    distance += 1
            if best_distance is None or distance < best_distance:
                best_distance = distance
                best = (i, j)
    return best, best_distance
# fast
from operator import ne
def closest_pair(sequences):
    best = None
    best_distance = None
    for i, first in enumerate(sequences):
        for j in range(i + 1, len(sequences)):
            distance = sum(map(ne, first, sequences[j]))
            if best_distance is None or distance < best_distance:
                best_distance = distance
                best = (i, j)
    return best, best_distance
# calls: [draw.some("ACGT", 16) for _ in range(n)],


# slow: translate, restructure, 900
CODONS = [("ATG", "M"), ("TTT", "F"), ("TTC", "F"), ("AAA", "K"), ("AAG", "K"), ("GGT", "G"), ("GGC", "G"), ("CAT", "H"), ("GAA", "E"), ("TAA", "*"), ("TAG", "*"), ("TGA", "*")]
def translate(rna):
    dna = ""
    for base in rna:
        if base == "U":
            dna += "T"
        else:
            dna += base
    protein = ""
    while len(dna) >= 3:
        codon = dna[0:3]
        dna = dna[3:]
        letter = "?"
        for c in CODONS:
            if c[0] == codon:
                letter = c[1]
        if letter == "*":
            break
        protein += letter
    return protein
# fast
def translate(rna):
    dna = rna.replace("U", "T")
    letters = dict(CODONS)
    protein = []
    for at in range(0, len(dna) - 2, 3):
        letter = letters.get(dna[at:at + 3], "?")
        if letter == "*":
            break
        protein.append(letter)
    return "".join(protein)
# calls: "".join([draw.choice(["AUG", "UUU", "AAG", "GGC", "CAU", "GAA", "CCC"]) for _ in range(n)]) + draw.choice(["UAA", "UA", ""]),


# slow: find_motif, local, 3000
def find_motif(genome, motif):
    places = []
    for i in range(len(genome)):
        match = True
        for j in range(len(motif)):
            if i + j >= len(genome) or genome[i + j] != motif[j]:
                match = False
        if match:
            places.append(i)
    return places
# fast
def find_motif(genome, motif):
    places = []
    at = genome.find(motif)
    while at != -1 and at < len(genome):
        places.append(at)
        at = genome.find(motif, at + 1)
    return places
# calls: draw.some("ACGT", n), draw.some("ACGT", draw.randint(1, 5))


# slow: longest_shared, algorithm, 90
def longest_shared(first, second):
    best = ""
    for i in range(len(first)):
        for j in range(i + 1, len(first) + 1):
            if first[i:j] in second:
                if len(first[i:j]) > len(best):
                    best = first[i:j]
    return best
# fast
def longest_shared(first, second):
    best = ""
    for i in range(len(first)):
        while first[i:i + len(best) + 1] in second and i + len(best) < len(first):
            best = first[i:i + len(best) + 1]
    return best
# calls: draw.some("ACGT", n), draw.some("ACGT", n)


# slow: edit_distance, algorithm, 6
def edit_distance(a, b):
    if a == "":
        return len(b)
    if b == "":
        return len(a)
    if a[-1] == b[-1]:
        cost = 0
    else:
        cost = 1
    return min(edit_distance(a[:-1], b) + 1, edit_distance(a, b[:-1]) + 1, edit_distance(a[:-1], b[:-1]) + cost)
# fast
def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
# calls: draw.some("ACGT", n), draw.some("ACGT", n)
