"""Words for what real code has often: literals, names of the standard library, attributes.

Counted over the standard library and installed packages. The order is part of every
trained model: words are never moved or taken out.
"""

from __future__ import annotations

_STRINGS = r"""
'' '\x20' '\n' '\t' '.' ',' ',\x20' '/' '-' '_' ':' ':\x20' ';' '=' '*' '+' '#' '?' '!' '|' '&'
'@' '%' '$' '^' '~' '<' '>' '(' ')' '[' ']' '{' '}' '`' '"' '\\' '\r' '\r\n' '\0' '\x20\x20'
'->' '..' '...' '//' '\n\n' '0' '1' '2' '3' '4' '5' '6' '7' '8' '9' 'a' 'b' 'c' 'd' 'e' 'f' 'i'
'k' 'm' 'n' 'r' 's' 't' 'u' 'w' 'x' 'y' 'z' 'A' 'B' 'E' 'F' 'N' 'S' 'T' 'X' 'rb' 'wb' 'id'
'name' 'type' 'value' 'key' 'path' 'utf-8' 'ascii' 'strict' 'ignore' 'default' '__main__' '%s'
'%d' '{}' '%s\x20%s' '%02d' '%02x' 'abc' 'Yes' 'No' 'YES' 'NO' 'aeiou' b'' b'\n' b'\x00' r'\s+'
r'\d+' r'\w+'
"""
_NUMBERS = r"""
0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 36 40
45 50 60 63 64 80 90 97 99 100 120 127 128 180 200 255 256 300 360 400 365 500 512 1000 1024
3600 4096 10000 65535 65536 100000 1000000 1000000007 998244353 0.0 0.1 0.25 0.5 0.75 1.0 1.5
2.0 10.0 100.0 1000.0 1e-06 1e-6 1e-9 1e-10 1e9 1e18 0x0f 0x7f 0xff 0xffff 0xffffffff 0x80 1e6
"""
_WORDS = r"""
capitalize casefold center count encode endswith find format format_map index isalnum isalpha
isascii isdigit islower isnumeric isspace isupper join ljust lower lstrip partition removeprefix
removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip
swapcase title translate upper zfill append clear copy extend insert pop remove reverse sort
fromkeys get items keys popitem setdefault update values add difference difference_update discard
intersection intersection_update isdisjoint issubset issuperset symmetric_difference
symmetric_difference_update union decode hex bit_count bit_length to_bytes maketrans from_bytes
is_integer from_iterable appendleft popleft extendleft rotate most_common elements total
move_to_end default_factory subtract match search finditer findall fullmatch group groups start
span sub subn compile escape IGNORECASE MULTILINE DOTALL VERBOSE read readline readlines write
writelines close seek tell flush getvalue stdin stdout stderr argv exit setrecursionlimit maxsize
perf_counter monotonic sleep loads dumps load dump choice choices randint randrange shuffle sample
seed uniform sin cos tan atan2 exp pow floor trunc fabs radians degrees isnan isinf dist lcm
buffer key default end sep file initial maxlen maxsplit repeat fillvalue strict iterable step stop
func cache_clear cache_info Solution ListNode TreeNode val next left right head tail children
parent data node root nums target result ans res ord chr nan e tau __init__ __getitem__
__setitem__ __len__ __iter__ __next__ __contains__ __eq__ __lt__ __hash__ __call__ __class__
__name__ __dict__ __doc__ __module__ __getattr__ __setattr__ __get__ __set__ __enter__ __exit__
__add__ __repr__ __str__ __new__ __missing__ __slots__ __qualname__ __bases__ __mro__
__annotations__ List Dict Set Tuple Optional Union Any Callable Iterable Iterator Sequence Mapping
Generator np pd numpy array zeros ones arange sum mean dot cumsum where unique shape case type
BytesIO ChainMap Counter Decimal Fraction OrderedDict StringIO accumulate and_ ascii_letters
ascii_lowercase ascii_uppercase ast attrgetter base64 bisect bisect_left bisect_right builtins
cache ceil chain cmp_to_key collections comb combinations combinations_with_replacement compress
contains csv cycle datetime decimal deepcopy defaultdict deque digits dropwhile enum factorial
filterfalse fractions fsum functools gcd groupby hashlib heapify heappop heappush heappushpop
heapq heapreplace hypot inf insort insort_left insort_right inspect io islice isqrt itemgetter
itertools json keyword log log10 log2 logging lru_cache math methodcaller mul namedtuple nlargest
nsmallest operator or_ os partial pathlib perm permutations pi pickle prod product punctuation
random re reduce shutil sqrt starmap statistics string struct sys takewhile tee textwrap threading
time truediv types typing unicodedata warnings weakref wraps xor zip_longest zlib ArithmeticError
AssertionError AttributeError BaseException ConnectionError EOFError Ellipsis Exception
FileExistsError FileNotFoundError GeneratorExit IOError ImportError IndexError KeyError
KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotImplemented
NotImplementedError OSError OverflowError PermissionError RecursionError RuntimeError
StopIteration SyntaxError SystemExit TimeoutError TypeError UnicodeDecodeError UnicodeEncodeError
UnicodeError ValueError ZeroDivisionError __file__ __import__ abs all any ascii bin bool bytearray
bytes callable classmethod complex delattr dict dir divmod enumerate eval exec filter float
frozenset getattr globals hasattr hash id input int isinstance issubclass iter len list locals map
max memoryview min object oct open print property range repr reversed round set setattr slice
sorted staticmethod str super tuple vars zip codecs TYPE_CHECKING logger Literal TypeVar Path
value Name path String kwargs Keyword ctx Final obj Type other out config Comment name info line
arg Number parser DeprecationWarning importlib model args Operator Text Generic field expr
subprocess options Enum cast Basic state TypeAlias response Protocol base module ClassVar param
urllib words include typ main Symbol Expression reset Error Context exceptions socket process Self
output tensor Instance NamedTuple Mul Event contextlib weight exc op frame traceback entry Options
dataclass OrderedSet request getregentry error source forward lines DEBUG msg fn parts Add check
stat mp Unpack context MutableMapping Response Integer run signal ParamSpec pytest Var
GenericAlias text constants wrapper params stream ctypes fields item spec IO Request events send
get_args event graph auto code results TypedDict tempfile Awaitable token utils abc core warn
dtype errors environ debug device size nodes exists util to dirname modules platform isfile
warning parse functions version_info basename isdir ops version wait flags view register subs
Module encoding headers getLogger abspath reshape exception fullname kind url _lock elementary
empty _state accept utilities filename Parameter _name metadata ndarray message meta cancel
command PathLike Function Node diff Single Variable has zero dim release _loop setter add_argument
executable _utils splitext host convert clone real makedirs expand Escape acquire spawn call
transpose Multiline returncode x parameters arguments one mkdir imag prec done signature function
int8 Lock mode pack names degree scheme fs numel _context expanduser f_code domain files flatten
One fail port pathsep _closed resolve attribute int32 distributed method Float arg_names normpath
futures st_mode numbers is_Integer matrices lexer Constant getenv tracer dps Graph contiguous
asarray co_filename protocol _fp normcase d dest fspath t is_available symbol is_Rational
functional tolist requires_grad Builtin Double assertEqual cancelled listdir y __args__ rmtree
bias origin src import_module runtime is_number eps aclose clamp charmap_build emit set_result
contextmanager is_file lineno skip _exception walk ae _pytree find_nodes T is_Pow rhs graphs test
int64 initializer to_array api _dispatchable byteorder cmd exc_info library_filename closed f_back
tk _value _cache getpid is_dir trace integrals zeros_like solvers p get_logger py_impl option xpu
status_code dedent arg_kinds level detach _subclasses iterables protobuf lhs md write_text cpu
float16 _export tree_flatten make_node is_complex raw upper_bound analyzed uint8 float64 system
_queue CancelledError interval ASCII sock lib current_process connection dry_run splitlist is_set
_bootstrap_external get_running_loop get_payload _trace _convert _handle namespace _buffer body
apply stats find_spec a b export singleton div autograd yaml alias _internal quo match_parent_path
cat variables add_node compiler attrib Char NetworkXError edges add_edges_from contiguous_format
decoder put utc fileno get_config_var macros _options _transport loader create_future
_source_traceback _key nargs __code__ getcwd unlink as_poly squeeze true n type_ ValidationError
get_constant_value TreeSpec mark mag j _strip_protocol lowlevel checkpoint Class assertRaises
remove_node alpha blocks indent node_type Element BufferedIncrementalDecoder _count sha256 new
Popen RLock __getattribute__ __cause__ eof chmod parse_args offset islink move is_closed bind
filters realpath client curdir query backends recompile status _stream plugin astype doit
read_text messages copy_ start_soon ClosedResourceError scale attr order assertIs idx dims _parent
is_directed SIGINT suffix connect lock Process local prefix kill fsdecode catch_warnings
simplefilter width _args pos set_exception goto writer _mapping check_output pattern recv _config
relpath domains session tobytes start_time symbolic_shapes grad misc label evalf special
is_positive echo getoption tree_unflatten input_specs shared new_zeros permute sets coeff
tensor_type _api models copy_modified input_name_to_nodes get_initializer empty_cache storage
encoder debugging notify_all create_task errno address _encoding audit hexdigest registry
dispatcher timeout CloseHandle lookup destroy _protocol locked _at_fork_reinit call_soon
decompress FunctionType ref fd _id validate prompt aliases Label init action TestCase codegen
sorting exquo extensions make_args false field_info __private_attributes__ data_type attributes
basic q home inputs graph_module full empty_like netloc distributions joinpath to_list limit musa
npu helper Other Word Hex assertIn _schema __fields__ rvalue callee Namespace last_known_value
output_name_to_node assertFalse new_empty timedelta ElementTree ScriptModule SubElement mutex
unquote call_exception_handler shutdown initialized mkpath _types help cmdclass packages announce
numerator denominator _w _waiters _cond _bootstrap _waiter _sslobj formatter required _soundpos
_file _nframes _nchannels _sampwidth _framerate _comptype _compname _nframeswritten _datawritten
_datalength objects _address _buf output_dir _serializer _process _token counts _re _logging
exponential trigonometric as_numer_denom rewrite _parser _exceptions validators exclude length
Infinity save helpers nstr _is_real_type repeat_interleave long has_gate c scope from_sympy
formula environment mlu device_count _send concatenate _items Preproc Entity components _list
path_in_repo data_dir assertTrue _depth style delay password dispatch description pid policy
"""
_LATER = r"""
'inf' '-inf' 1e5 1e10 'p' 'g' 'h' 'o' 'l' 'j' 'v' 'C' 'D' 'O'
"""

STRINGS = tuple(_STRINGS.split())
"""String literals, with ``\\x20`` for blanks."""
NUMBERS = tuple(_NUMBERS.split())
WORDS = tuple(_WORDS.split())
"""Names that are words as they are, other than local ones."""
LATER = tuple(_LATER.split())
"""Literals that came later: they took words that had been to spare."""
