# SPDX-License-Identifier: Apache-2.0
# The stages of vd as make rules. Include this file and ask for what you want:
#
#   include /usr/local/share/vd/vd.mk
#   all: beach/view/path.stage.json beach/report/eval.stage.json
#   $(eval $(call vd_import,beach,beach.mp4,--max-side 960))
#
# `make -j` then runs what is missing or out of date, and nothing else: the record of a stage is written last, and stands
# for the whole stage. Options of the stages: VD_ALIGN_FLAGS and so on, for all clips or for one (beach/%: VD_ALIGN_FLAGS = ...).
VD ?=
VD_PAIRS_FLAGS ?=
VD_FLOW_FLAGS ?=
VD_POINTMAP_FLAGS ?=
VD_ALIGN_FLAGS ?=
VD_EVAL_FLAGS ?=
VD_VIEW_FLAGS ?=

.DELETE_ON_ERROR:
# Records are kept, whoever asked for them.
.SECONDARY:

# $(call vd_import,CLIP,SOURCE,OPTIONS): the rule that makes a clip.
define vd_import
$(1)/clip.json: $(2)
	@$(VD)vd-clip import $(2) -o $(1) --force $(3) >/dev/null
endef

# $(call vd_synth,CLIP,SCENE,OPTIONS): a rendered clip with truth.
define vd_synth
$(1)/clip.json:
	@$(VD)vd-clip synth $(2) -o $(1) $(3) >/dev/null
endef

%/pairs/default.stage.json: %/clip.json
	@$(VD)vd-pairs $* -o default $(VD_PAIRS_FLAGS) >/dev/null

%/flow/dis/stage.json: %/clip.json %/pairs/default.stage.json
	@$(VD)vd-flow $* -o dis --pairs default $(VD_FLOW_FLAGS) >/dev/null

%/pointmap/geometric/stage.json: %/flow/dis/stage.json
	@$(VD)vd-pointmap $* -o geometric --flow dis --pairs default $(VD_POINTMAP_FLAGS) >/dev/null

%/depth/align/stage.json: %/clip.json
	@$(VD)vd-align $* $(VD_ALIGN_FLAGS) >/dev/null

%/report/eval.stage.json: %/depth/align/stage.json
	@$(VD)vd-eval $* $(VD_EVAL_FLAGS) >/dev/null

# The last of the pictures that vd-view makes.
%/view/path.stage.json: %/depth/align/stage.json
	@$(VD)vd-view $* $(VD_VIEW_FLAGS) >/dev/null
