# Writes models of a single operator or a few, and what the reference evaluator of the
# onnx package computes for five examples, for TestNetworks of memtest/onnx:
#     python operators.py FOLDER
# Files are as .ci/networks.py writes them. Operators that the evaluator lacks are
# listed, with those whose results differ from the definition for a reason said below.
import json, os, sys
import numpy as np, onnx
from onnx import TensorProto as T, helper as h, numpy_helper as nh
from onnx.reference import ReferenceEvaluator

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
R = np.random.default_rng(0)
N = h.make_node
I = lambda name, a: nh.from_array(np.asarray(a), name)
W = lambda name, *s: I(name, (R.standard_normal(s) * 0.3).astype("f4"))
IMG, VEC, SEQ = (3, 8, 8), (12,), (6, 8)  # channels × height × width; values; steps × values
left = []
# Their result for an example depends on the others of its batch, or they were made for five.
batchwise = ["DynQuant_MatMulInteger", "MeanVarNorm", "Mod_int_shape", "GatherElements", "ScatterElements", "GridSample"]


def softmax(axis):
    """as opset 11 defines it: over all axes from this one on, which the evaluator does not"""

    def of(x):
        flat = x.reshape(int(np.prod(x.shape[:axis])), -1).astype(float)
        e = np.exp(flat - flat.max(1, keepdims=True))
        return (e / e.sum(1, keepdims=True)).reshape(x.shape).astype("f4")

    return of


def steps(scale, zero, low, high):
    """a value as it comes back from quantization"""
    return lambda x: ((np.clip(np.rint(x / np.float32(scale)) + zero, low, high) - zero) * np.float32(scale)).astype("f4")


by_definition = {"Softmax_op11_default_rank4": softmax(1), "Softmax_op11_axis1_rank3": softmax(1), "Softmax_op11_axis2_rank3": softmax(2), "QDQ": steps(0.02, 128, 0, 255), "QDQ_int8": steps(0.02, 0, -128, 127)}


def case(name, nodes, inits=(), shape=IMG, opset=18, out="y", ir=9, doms=(), positive=False):
    g = h.make_graph(nodes, "g", [h.make_tensor_value_info("x", T.FLOAT, ["batch", *shape])], [h.make_tensor_value_info(out, T.FLOAT, None)], list(inits))
    m = h.make_model(g, opset_imports=[h.make_opsetid("", opset), *[h.make_opsetid(d, 1) for d in doms]], ir_version=ir)
    x = R.standard_normal((5, *shape)).astype("f4")
    x = np.abs(x) + 0.1 if positive else x
    if name in batchwise:
        left.append(f"{name} (made for one batch)")
        return
    try:
        y = by_definition[name](x) if name in by_definition else np.asarray(ReferenceEvaluator(m).run(None, {"x": x})[0], "f4")
    except Exception as e:
        left.append(f"{name} ({type(e).__name__})")
        return
    if y.ndim < 1 or y.shape[0] != 5:
        left.append(f"{name} (not one row an example)")
        return
    onnx.save(m, f"{folder}/{name}.onnx")
    z, layout = (x.transpose(0, 2, 3, 1), "nchw") if len(shape) == 3 else (x, "")
    np.savez_compressed(f"{folder}/{name}.npz", x=z, **{out: y.reshape(5, -1)})
    dims = {1: (1, 1, z.shape[-1]), 2: (*z.shape[1:], 1), 3: z.shape[1:]}[len(shape)]
    half = "half" if "16" in name else "float"
    with open(f"{folder}/{name}.json", "w") as f:
        json.dump(dict(Height=dims[0], Width=dims[1], Channels=dims[2], Layout=layout, Tolerance=half), f)


# unary
for op in 'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor HardSigmoid HardSwish Identity LeakyRelu Log LogSoftmax Hardmax Mish Neg Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Tan Tanh ThresholdedRelu Not'.split():
    if op in('Not','Acos','Acosh','Asin','Atanh'): continue
    case('u_'+op,[N(op,['x'],['y'])],positive=op in('Log','Sqrt'))
case('Gelu20',[N('Gelu',['x'],['y'])],opset=20); case('Gelu20_tanh',[N('Gelu',['x'],['y'],approximate='tanh')],opset=20)
case('LeakyRelu_a',[N('LeakyRelu',['x'],['y'],alpha=.3)]); case('Elu_a',[N('Elu',['x'],['y'],alpha=.3)]); case('HardSigmoid_a',[N('HardSigmoid',['x'],['y'],alpha=.3,beta=.4)])
case('PRelu',[N('PRelu',['x','s'],['y'])],[W('s',3,1,1)])
case('Swish_SiLU',[N('Sigmoid',['x'],['s']),N('Mul',['x','s'],['y'])])
case('Softmax_ax1_rank4_op13',[N('Softmax',['x'],['y'],axis=1)],opset=13)
case('Softmax_op11_default_rank4',[N('Softmax',['x'],['y'])],opset=11)
case('Softmax_op11_axis1_rank3',[N('Softmax',['x'],['y'],axis=1)],shape=SEQ,opset=11)
case('Softmax_op11_axis2_rank3',[N('Softmax',['x'],['y'],axis=2)],shape=SEQ,opset=11)
case('LogSoftmax_vec',[N('LogSoftmax',['x'],['y'],axis=-1)],shape=VEC)
# binary
for op in 'Add Sub Mul Div Pow Max Min Mean Sum'.split(): case('b_'+op,[N(op,['x','w'],['y'])],[I('w',np.abs(R.standard_normal((3,1,1))).astype('f4')+.5)],positive=op=='Pow')
case('Max3',[N('Max',['x','w','v'],['y'])],[W('w',3,1,1),W('v',8)])
case('Mod_fmod',[N('Mod',['x','w'],['y'],fmod=1)],[I('w',np.float32(0.7))])
case('Mod_int_shape',[N('Shape',['x'],['s']),N('Mod',['s','k'],['m']),N('Cast',['m'],['mf'],to=1),N('ReduceSum',['mf'],['r'],keepdims=0),N('Add',['x','r'],['y'])],[I('k',np.int64(3))])
# norm
case('LayerNorm',[N('LayerNormalization',['x','s','b'],['y'],axis=-1,epsilon=1e-5)],[W('s',8),W('b',8)],shape=SEQ)
case('LayerNorm_ax1',[N('LayerNormalization',['x','s','b'],['y'],axis=1)],[W('s',6,8),W('b',6,8)],shape=SEQ)
case('LayerNorm_nobias',[N('LayerNormalization',['x','s'],['y'],axis=-1,epsilon=1e-2)],[W('s',8)],shape=SEQ)
case('RMSNorm23',[N('RMSNormalization',['x','s'],['y'],axis=-1)],[W('s',8)],shape=SEQ,opset=23,ir=10)
case('BatchNorm',[N('BatchNormalization',['x','s','b','m','v'],['y'],epsilon=1e-3)],[W('s',3),W('b',3),W('m',3),I('v',np.array([1,2,3],'f4'))])
case('BatchNorm_seq',[N('BatchNormalization',['x','s','b','m','v'],['y'])],[W('s',6),W('b',6),W('m',6),I('v',np.arange(1,7).astype('f4'))],shape=SEQ)
case('BatchNorm_vec',[N('BatchNormalization',['x','s','b','m','v'],['y'])],[W('s',12),W('b',12),W('m',12),I('v',np.arange(1,13).astype('f4'))],shape=VEC)
case('InstanceNorm',[N('InstanceNormalization',['x','s','b'],['y'])],[W('s',3),W('b',3)])
case('GroupNorm21',[N('GroupNormalization',['x','s','b'],['y'],num_groups=3)],[W('s',3),W('b',3)],opset=21,ir=10)
case('LRN',[N('LRN',['x'],['y'],size=3)]); case('LpNorm',[N('LpNormalization',['x'],['y'],axis=-1,p=2)],shape=VEC)
case('MeanVarNorm',[N('MeanVarianceNormalization',['x'],['y'],axes=[0,2,3])])
# conv
case('Conv',[N('Conv',['x','w','b'],['y'],kernel_shape=[3,3],pads=[1,1,1,1])],[W('w',4,3,3,3),W('b',4)])
case('Conv_stride_dil',[N('Conv',['x','w'],['y'],kernel_shape=[3,3],strides=[2,1],dilations=[1,2],pads=[1,0,0,2])],[W('w',4,3,3,3)])
case('Conv_depthwise',[N('Conv',['x','w'],['y'],kernel_shape=[3,3],group=3)],[W('w',6,1,3,3)])
case('Conv_same_upper',[N('Conv',['x','w'],['y'],kernel_shape=[4,4],auto_pad='SAME_UPPER')],[W('w',4,3,4,4)])
case('Conv_same_upper_s2',[N('Conv',['x','w'],['y'],kernel_shape=[3,3],strides=[2,2],auto_pad='SAME_UPPER')],[W('w',4,3,3,3)])
case('Conv_nokernelattr',[N('Conv',['x','w'],['y'])],[W('w',4,3,3,3)])
case('Conv1d',[N('Conv',['x','w','b'],['y'],kernel_shape=[3],strides=[2],pads=[1,1])],[W('w',4,6,3),W('b',4)],shape=SEQ)
case('ConvTranspose',[N('ConvTranspose',['x','w'],['y'],kernel_shape=[2,2],strides=[2,2])],[W('w',3,4,2,2)])
case('ConvTranspose_pad',[N('ConvTranspose',['x','w'],['y'],kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1],output_padding=[1,1])],[W('w',3,4,3,3)])
# pool
case('GlobalAveragePool',[N('GlobalAveragePool',['x'],['y'])]); case('GlobalMaxPool',[N('GlobalMaxPool',['x'],['y'])])
case('GAP_on_seq_input',[N('GlobalAveragePool',['x'],['y'])],shape=SEQ)
case('GAP_after_reshape_4to3',[N('Reshape',['x','s'],['r']),N('GlobalAveragePool',['r'],['y'])],[I('s',np.array([0,3,64]))])
case('GAP_after_unsqueeze_3to4',[N('Unsqueeze',['x','a'],['r']),N('GlobalAveragePool',['r'],['y'])],[I('a',np.array([1]))],shape=SEQ)
case('GAP_after_reshape_2to4',[N('Reshape',['x','s'],['r']),N('GlobalAveragePool',['r'],['y'])],[I('s',np.array([0,3,2,2]))],shape=VEC)
case('GAP_after_reshape_2to3',[N('Reshape',['x','s'],['r']),N('GlobalAveragePool',['r'],['y'])],[I('s',np.array([0,3,4]))],shape=VEC)
case('MaxPool',[N('MaxPool',['x'],['y'],kernel_shape=[2,2],strides=[2,2])]); case('MaxPool_pad_ceil',[N('MaxPool',['x'],['y'],kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1],ceil_mode=1)])
case('MaxPool_ceil7',[N('MaxPool',['x'],['y'],kernel_shape=[3,3],strides=[2,2],ceil_mode=1)])
case('MaxPool_dil',[N('MaxPool',['x'],['y'],kernel_shape=[2,2],dilations=[2,2])])
case('AvgPool',[N('AveragePool',['x'],['y'],kernel_shape=[2,2],strides=[2,2])]); case('AvgPool_pad_excl',[N('AveragePool',['x'],['y'],kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1])])
case('AvgPool_pad_incl',[N('AveragePool',['x'],['y'],kernel_shape=[3,3],strides=[2,2],pads=[1,1,1,1],count_include_pad=1)])
case('AvgPool_ceil',[N('AveragePool',['x'],['y'],kernel_shape=[3,3],strides=[2,2],ceil_mode=1)])
case('MaxPool1d',[N('MaxPool',['x'],['y'],kernel_shape=[2],strides=[2])],shape=SEQ); case('LpPool',[N('LpPool',['x'],['y'],kernel_shape=[2,2])])
# resize
for mode in('nearest','linear','cubic'):
    case('Resize_'+mode,[N('Resize',['x','','sc'],['y'],mode=mode)],[I('sc',np.array([1,1,2,2],'f4'))])
case('Resize_sizes_bilinear_ac',[N('Resize',['x','','','sz'],['y'],mode='linear',coordinate_transformation_mode='align_corners',axes=[2,3])],[I('sz',np.array([5,11]))])
case('Resize_nearest_asym_floor',[N('Resize',['x','','sc'],['y'],mode='nearest',coordinate_transformation_mode='asymmetric',nearest_mode='floor')],[I('sc',np.array([1,1,2,2],'f4'))])
case('Upsample9',[N('Upsample',['x','sc'],['y'],mode='nearest')],[I('sc',np.array([1,1,2,2],'f4'))],opset=9,ir=4)
case('DepthToSpace',[N('Reshape',['x','s'],['r']),N('DepthToSpace',['r'],['y'],blocksize=2)],[I('s',np.array([0,12,4,4]))]); case('SpaceToDepth',[N('SpaceToDepth',['x'],['y'],blocksize=2)])
case('GridSample',[N('GridSample',['x','g'],['y'])],[I('g',R.uniform(-1,1,(250,4,4,2)).astype('f4'))])
# shape
case('Flatten',[N('Flatten',['x'],['y'])]); case('Reshape_m1',[N('Reshape',['x','s'],['y'])],[I('s',np.array([-1,192]))]); case('Reshape_0',[N('Reshape',['x','s'],['y'])],[I('s',np.array([0,0,-1]))])
case('Transpose',[N('Transpose',['x'],['y'],perm=[0,2,3,1])]); case('Squeeze',[N('Unsqueeze',['x','a'],['u']),N('Squeeze',['u','a'],['y'])],[I('a',np.array([2]))])
case('Concat',[N('Concat',['x','x'],['y'],axis=1)]); case('Concat_neg',[N('Concat',['x','x'],['y'],axis=-1)])
case('Split18',[N('Split',['x'],['a','y'],axis=2,num_outputs=2)]); case('Split_sizes',[N('Split',['x','s'],['a','y'],axis=1)],[I('s',np.array([1,2]))]); case('Split11',[N('Split',['x'],['a','y'],axis=1,split=[1,2])],opset=11)
case('Split_uneven18',[N('Split',['x'],['a','b','y'],axis=2,num_outputs=3)])
case('Slice',[N('Slice',['x','s','e','a','st'],['y'])],[I('s',np.array([1,7])),I('e',np.array([8,0])),I('a',np.array([2,3])),I('st',np.array([2,-1]))]); case('Slice_negend',[N('Slice',['x','s','e','a'],['y'])],[I('s',np.array([-5])),I('e',np.array([-1])),I('a',np.array([-1]))])
case('Slice_bigend',[N('Slice',['x','s','e','a'],['y'])],[I('s',np.array([2])),I('e',np.array([9223372036854775807])),I('a',np.array([3]))]); case('Slice9',[N('Slice',['x'],['y'],starts=[1],ends=[5],axes=[2])],opset=9,ir=4)
case('Gather_ax1',[N('Gather',['x','i'],['y'],axis=1)],[I('i',np.array([2,0]))]); case('Gather_neg',[N('Gather',['x','i'],['y'],axis=1)],[I('i',np.array(-1))])
case('Embedding_cast',[N('Cast',['x'],['ids'],to=7),N('Abs',['ids'],['i2']),N('Gather',['E','i2'],['y'])],[W('E',20,4)],shape=VEC)
case('GatherND',[N('GatherND',['x','i'],['y'],batch_dims=0)],[I('i',np.array([[i] for i in range(4)]))]); case('GatherElements',[N('GatherElements',['x','i'],['y'],axis=1)],[I('i',np.zeros((5,2,8),'i8'))],shape=SEQ)
case('ScatterElements',[N('Mul',['x','z'],['y0']),N('ScatterElements',['y0','i','u'],['y'],axis=1)],[I('z',np.float32(1)),I('i',np.ones((5,1,8),'i8')),W('u',5,1,8)],shape=SEQ)
case('Expand',[N('Unsqueeze',['x','a'],['u']),N('Expand',['u','s'],['y'])],[I('a',np.array([1])),I('s',np.array([1,3,1]))],shape=VEC); case('Tile',[N('Tile',['x','r'],['y'])],[I('r',np.array([1,2,1,1]))])
case('Where',[N('Greater',['x','z'],['c']),N('Where',['c','x','z'],['y'])],[I('z',np.float32(.1))]); case('Cast_bool',[N('Less',['x','z'],['c']),N('Cast',['c'],['y'],to=1)],[I('z',np.float32(.1))])
case('And_Or_Not',[N('Less',['x','z'],['a']),N('Not',['a'],['b']),N('Or',['a','b'],['c']),N('And',['a','c'],['d']),N('Cast',['d'],['y'],to=1)],[I('z',np.float32(.1))])
for mode in('constant','reflect','edge','wrap'): case('Pad_'+mode,[N('Pad',['x','p'],['y'],mode=mode)],[I('p',np.array([0,0,1,2,0,0,1,0]))],opset=19)
case('Pad_neg',[N('Pad',['x','p'],['y'])],[I('p',np.array([0,0,-1,0,0,0,0,-2]))]); case('Pad_axes',[N('Pad',['x','p','','a'],['y'])],[I('p',np.array([1,2,1,0])),I('a',np.array([2,3]))])
case('Pad_value',[N('Pad',['x','p','v'],['y'])],[I('p',np.array([0,0,1,1,0,0,1,1])),I('v',np.float32(2.5))])
# reduce
for op in 'ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSumExp ReduceSumSquare'.split():
    case(op+'_axes_in',[N(op,['x','a'],['y'],keepdims=0)],[I('a',np.array([2,3]))]); 
    case(op+'_axes_attr',[N(op,['x'],['y'],axes=[-1],keepdims=1)] if op!='ReduceSum' else [N(op,['x','a'],['y'],keepdims=1)],[I('a',np.array([-1]))] if op=='ReduceSum' else [],opset=13)
case('ArgMax',[N('ArgMax',['x'],['i'],axis=1,keepdims=1),N('Cast',['i'],['y'],to=1)]); case('TopK',[N('TopK',['x','k'],['y','i'],axis=-1)],[I('k',np.array([3]))]); case('CumSum',[N('CumSum',['x','a'],['y'])],[I('a',np.int64(1))],shape=SEQ)
case('CumSum_rev_excl',[N('CumSum',['x','a'],['y'],reverse=1,exclusive=1)],[I('a',np.int64(1))],shape=SEQ)
# matmul etc
case('MatMul',[N('MatMul',['x','w'],['y'])],[W('w',8,5)],shape=SEQ); case('MatMul_batch4',[N('MatMul',['x','w'],['y'])],[W('w',3,8,5)]); case('Gemm_t',[N('Gemm',['x','w','b'],['y'],transB=1,alpha=.5,beta=2.)],[W('w',5,12),W('b',5)],shape=VEC)
case('Gemm_transA',[N('Transpose',['x'],['t'],perm=[1,0]),N('Gemm',['t','w','b'],['y'],transA=1)],[W('w',12,5),W('b',5)],shape=VEC)
case('Einsum_bij_jk',[N('Einsum',['x','w'],['y'],equation='bij,jk->bik')],[W('w',8,5)],shape=SEQ); case('Einsum_attn',[N('Einsum',['x','x'],['y'],equation='bqd,bkd->bqk')],shape=SEQ); case('Einsum_ellipsis',[N('Einsum',['x','w'],['y'],equation='...j,jk->...k')],[W('w',8,5)],shape=SEQ)
q=lambda n:[N('MatMul',['x','W'+n],[n+'0']),N('Reshape',[n+'0','hs'],[n+'1']),N('Transpose',[n+'1'],[n],perm=[0,2,1,3])]
case('Attention_subgraph',[*q('q'),*q('k'),*q('v'),N('Transpose',['k'],['kt'],perm=[0,1,3,2]),N('MatMul',['q','kt'],['s']),N('Mul',['s','c'],['s2']),N('Softmax',['s2'],['p'],axis=-1),N('MatMul',['p','v'],['o']),N('Transpose',['o'],['o2'],perm=[0,2,1,3]),N('Reshape',['o2','ms'],['y'])],[W('Wq',8,8),W('Wk',8,8),W('Wv',8,8),I('hs',np.array([0,0,2,4])),I('ms',np.array([0,0,8])),I('c',np.float32(.5))],shape=SEQ)
case('Attention23',[N('Reshape',['x','hs'],['r']),N('Attention',['r','r','r'],['y'])],[I('hs',np.array([0,2,3,8]))],shape=SEQ,opset=23,ir=10)
# recurrent
def rnn(op,g,name,direction='forward',out='Y',**k):
    D=2 if direction=='bidirectional' else 1; Hd=7
    nodes=[N('Transpose',['x'],['xt'],perm=[1,0,2]),N(op,['xt','W','R','B'],['Y','Yh'],hidden_size=Hd,direction=direction,**k)]
    nodes+=[N('Transpose',['Y'],['y'],perm=[2,0,1,3])] if out=='Y' else [N('Transpose',['Yh'],['y'],perm=[1,0,2])]
    case(name,nodes,[W('W',D,g*Hd,8),W('R',D,g*Hd,Hd),W('B',D,2*g*Hd)],shape=SEQ)
for dr in('forward','reverse','bidirectional'): rnn('LSTM',4,'LSTM_'+dr,dr); rnn('GRU',3,'GRU_'+dr,dr); rnn('RNN',1,'RNN_'+dr,dr)
rnn('LSTM',4,'LSTM_Yh',out='Yh'); rnn('LSTM',4,'LSTM_bi_Yh','bidirectional',out='Yh'); rnn('GRU',3,'GRU_lbr',linear_before_reset=1)
# quantized
case('QDQ',[N('QuantizeLinear',['x','s','z'],['q']),N('DequantizeLinear',['q','s','z'],['y'])],[I('s',np.float32(.02)),I('z',np.uint8(128))]); 
case('QDQ_int8',[N('QuantizeLinear',['x','s','z'],['q']),N('DequantizeLinear',['q','s','z'],['y'])],[I('s',np.float32(.02)),I('z',np.int8(0))])
case('DQ_perchannel_w',[N('DequantizeLinear',['wq','s','z'],['w'],axis=0),N('Conv',['x','w'],['y'],kernel_shape=[3,3])],[I('wq',R.integers(-127,127,(4,3,3,3)).astype('i1')),I('s',np.array([.01,.02,.03,.04],'f4')),I('z',np.zeros(4,'i1'))])
case('DynQuant_MatMulInteger',[N('DynamicQuantizeLinear',['x'],['q','s','z']),N('MatMulInteger',['q','w','z','wz'],['m']),N('Cast',['m'],['mf'],to=1),N('Mul',['mf','s'],['y'])],[I('w',R.integers(-50,50,(12,5)).astype('i1')),I('wz',np.int8(0))],shape=VEC)
case('QLinearConv',[N('QuantizeLinear',['x','s','z'],['q']),N('QLinearConv',['q','s','z','w','ws','wz','s','z'],['qy']),N('DequantizeLinear',['qy','s','z'],['y'])],[I('s',np.float32(.05)),I('z',np.uint8(128)),I('w',R.integers(-50,50,(4,3,3,3)).astype('i1')),I('ws',np.float32(.01)),I('wz',np.int8(0))])
case('fp16_weights_cast',[N('Cast',['wh'],['w'],to=1),N('MatMul',['x','w'],['y'])],[I('wh',(R.standard_normal((12,5))*.3).astype('f2'))],shape=VEC)
case('fp16_compute',[N('Cast',['x'],['xh'],to=10),N('MatMul',['xh','wh'],['yh']),N('Cast',['yh'],['y'],to=1)],[I('wh',(R.standard_normal((12,5))*.3).astype('f2'))],shape=VEC)
bf=h.make_tensor('wb',T.BFLOAT16,(12,5),(R.standard_normal(60)*.3).astype('f4').tolist()); case('bf16_weights_cast',[N('Cast',['wb'],['w'],to=1),N('MatMul',['x','w'],['y'])],[bf],shape=VEC)
# control flow
sub=lambda o,nodes:h.make_graph(nodes,o,[],[h.make_tensor_value_info(o,T.FLOAT,None)])
case('If',[N('If',['c'],['y'],then_branch=sub('t',[N('Relu',['x'],['t'])]),else_branch=sub('e',[N('Neg',['x'],['e'])]))],[I('c',np.bool_(True))])
case('Dropout',[N('Dropout',['x'],['y'])]); case('Constant_floats',[N('Constant',[],['c'],value_floats=[.5,1.,2.,3.,4.,5.,6.,7.]),N('Mul',['x','c'],['y'])]); case('ConstantOfShape',[N('Shape',['x'],['s']),N('ConstantOfShape',['s'],['z'],value=nh.from_array(np.array([2.],'f4'))),N('Add',['x','z'],['y'])])
case('Range_pos',[N('Shape',['x'],['s']),N('Gather',['s','i1'],['t']),N('Range',['z0','t','o1'],['r']),N('Cast',['r'],['rf'],to=1),N('Unsqueeze',['rf','a'],['ru']),N('Add',['x','ru'],['y'])],[I('i1',np.int64(1)),I('z0',np.int64(0)),I('o1',np.int64(1)),I('a',np.array([1]))],shape=SEQ)
case('OneHot',[N('ArgMax',['x'],['i'],axis=1,keepdims=0),N('OneHot',['i','d','v'],['y'])],[I('d',np.int64(12)),I('v',np.array([0,1],'f4'))],shape=VEC); case('Trilu_mask',[N('Trilu',['x'],['y'],upper=0)],shape=(6,6)); case('IsNaN',[N('IsNaN',['x'],['b']),N('Cast',['b'],['y'],to=1)]); case('Det_none',[N('NonZero',['x'],['i']),N('Cast',['i'],['y'],to=1)],shape=VEC)
case('com_microsoft_FusedGelu',[N('Gelu',['x'],['y'],domain='com.microsoft')],doms=('com.microsoft',)); case('com_microsoft_FusedMatMul',[N('FusedMatMul',['x','w'],['y'],domain='com.microsoft',alpha=.5)],[W('w',12,5)],shape=VEC,doms=('com.microsoft',))
case('opset8_Relu',[N('Relu',['x'],['y'])],opset=8,ir=3); case('opset26_Relu',[N('Relu',['x'],['y'])],opset=26,ir=10)

print("not compared:", ", ".join(left))
